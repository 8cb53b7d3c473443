//! What people read, in their language: the texts are Fluent files in `locales`, a folder a language and a file a noun,
//! compiled in. A [`Message`] of the domain names its text and brings what goes into it.
//!
//! What is for programs, operators and developers stays in English: codes, the log, the command line, the faults of
//! requests.
//!
//! Deliberately absent: regional variants, and a language chosen by the member rather than by the request.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashMap;

use actix_web::http::header::{AcceptLanguage, Preference, Quality};
use domain::error::{Argument, Message};
use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static TEXTS = {
        locales: "./locales",
        fallback_language: "en",
        // No marks around what goes into a text: nothing here is written from right to left.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// A language the texts are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English: for whoever reads none of the languages there are.
    #[default]
    English,
    /// French.
    French,
    /// German.
    German,
}

impl Language {
    /// All of them, the one that serves everybody first.
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::German];

    /// The language an `Accept-Language` header likes best (RFC 9110, 12.5.4, by the lookup of RFC 4647, 3.4): the
    /// variants of a language are served by the language, ranges that do not parse are passed over.
    pub fn accepted(header: &str) -> Self {
        let mut ranges = AcceptLanguage(header.split(',').filter_map(|range| range.trim().parse().ok()).collect()).0;
        ranges.sort_by_key(|range| Reverse(range.quality));
        let of_tag = |tag: &str| Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(tag));
        // Those that mean a language there is, or any.
        let ranges = ranges.into_iter().filter_map(|range| match range.item {
            Preference::Any => Some((range.quality, None)),
            Preference::Specific(tag) => of_tag(tag.primary_language()).map(|language| (range.quality, Some(language))),
        });
        let ranges: Vec<(Quality, Option<Self>)> = ranges.collect();
        let unnamed = |language: &Self| ranges.iter().all(|(_, named)| *named != Some(*language));
        let mut liked = ranges.iter().filter(|(quality, _)| *quality > Quality::ZERO);
        let served = liked.find_map(|(_, named)| named.or_else(|| Self::ALL.into_iter().find(unnamed)));
        served.unwrap_or_default()
    }

    /// The language's name on the wire (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::German => "de",
        }
    }

    fn texts(self) -> LanguageIdentifier {
        match self {
            Self::English => langid!("en"),
            Self::French => langid!("fr"),
            Self::German => langid!("de"),
        }
    }
}

/// A message in words for people. A text that a language lacks is told in English; one that there is not at all, which
/// a test rules out, by its name.
pub fn say(language: Language, message: &Message) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> =
        message.args.iter().map(|(name, value)| (Cow::Borrowed(*name), fluent(value))).collect();
    TEXTS.try_lookup_with_args(&language.texts(), message.id, &args).unwrap_or_else(|| {
        tracing::error!(id = message.id, "there is no such text, or something that goes into it is missing");
        message.id.to_owned()
    })
}

fn fluent(value: &Argument) -> FluentValue<'_> {
    match value {
        Argument::Number(number) => FluentValue::from(*number),
        Argument::Text(text) => FluentValue::from(text.as_str()),
    }
}
