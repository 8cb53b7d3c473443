//! Which media type a request is in, and in which one and in which language its answer should be (RFC 9110, 8.3,
//! 12.5.1 and 12.5.4).

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use mediatype::names::{_STAR, APPLICATION, CHARSET, EVENT_STREAM, JSON, TEXT};
use mediatype::{MediaType, MediaTypeList, Name, ReadParams};

use crate::words::Language;

/// The types an answer can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// `application/graphql-response+json`: the status code says whether the request was right.
    GraphqlResponse,
    /// `application/json`: what was executed, or could not be, is a 200.
    Json,
    /// `text/event-stream`: each answer of an operation as an event, after the npm package `graphql-sse`.
    Events,
}

impl Answer {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            // What goes wrong before there are events is told in JSON.
            Self::Json | Self::Events => "application/json; charset=utf-8",
        }
    }
}

/// The type of the answer to `request`: the one it prefers, the newer one if it likes both the same, JSON if it does
/// not say or takes anything; events if it names neither of the two but them; `None` if it takes none.
pub(crate) fn answer(request: &HttpRequest) -> Option<Answer> {
    let Some(accept) = request.headers().get(ACCEPT) else { return Some(Answer::Json) };
    let accept = accept.to_str().ok()?;
    if accept.trim().is_empty() {
        return Some(Answer::Json);
    }
    let graphql = quality(accept, "graphql-response", Some("json"));
    let json = quality(accept, "json", None);
    match (graphql, json) {
        _ if takes_events(request) && !(graphql.is_wanted() || json.is_wanted()) => Some(Answer::Events),
        (Quality::NONE, Quality::NONE) => None,
        (graphql, json) if graphql.is_wanted() && graphql.thousandths >= json.thousandths => {
            Some(Answer::GraphqlResponse)
        }
        (_, Quality { thousandths: 1.., .. }) => Some(Answer::Json),
        _ => Some(Answer::GraphqlResponse),
    }
}

/// Whether `request` names events among what it takes.
pub(crate) fn takes_events(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let is_events = |range: &MediaType<'_>| range.ty == TEXT && range.subty == EVENT_STREAM && weight(range) > 0;
    MediaTypeList::new(accept).filter_map(Result::ok).any(|range| is_events(&range))
}

/// How much a type is liked, in thousandths, and whether it was named and not merely matched.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Quality {
    thousandths: u16,
    named: bool,
}

impl Quality {
    const NONE: Self = Self { thousandths: 0, named: false };

    fn is_wanted(self) -> bool {
        self.named && self.thousandths > 0
    }
}

fn quality(accept: &str, subtype: &str, suffix: Option<&str>) -> Quality {
    let named = |range: &MediaType<'_>| {
        range.ty == APPLICATION
            && range.subty == subtype
            && range.suffix.map(|name| name.as_str().to_owned()).as_deref() == suffix
            && is_utf8(range)
    };
    let ranges: Vec<MediaType<'_>> = MediaTypeList::new(accept).filter_map(Result::ok).collect();
    if let Some(range) = ranges.iter().find(|range| named(range)) {
        return Quality { thousandths: weight(range), named: true };
    }
    let any = |range: &&MediaType<'_>| range.subty == _STAR && (range.ty == APPLICATION || range.ty == _STAR);
    ranges.iter().find(any).map_or(Quality::NONE, |range| Quality { thousandths: weight(range), named: false })
}

/// The `q` of a range, 1 if it has none.
fn weight(range: &MediaType<'_>) -> u16 {
    let weight = range.get_param(Name::new_unchecked("q")).and_then(|value| value.as_str().parse::<f32>().ok());
    (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1_000.0) as u16
}

fn is_utf8(media: &MediaType<'_>) -> bool {
    media.get_param(CHARSET).is_none_or(|charset| charset.unquoted_str().eq_ignore_ascii_case("utf-8"))
}

/// The language of the answer to `request`.
pub(crate) fn language(request: &HttpRequest) -> Language {
    let ranges = request.headers().get_all(ACCEPT_LANGUAGE).filter_map(|ranges| ranges.to_str().ok());
    Language::accepted(&ranges.collect::<Vec<_>>().join(","))
}

/// Whether the body of `request` is JSON in UTF-8.
pub(crate) fn is_json(request: &HttpRequest) -> bool {
    let Some(Ok(content_type)) = request.headers().get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    MediaType::parse(content_type)
        .is_ok_and(|media| media.ty == APPLICATION && media.subty == JSON && media.suffix.is_none() && is_utf8(&media))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_answer_is_in_the_type_the_client_prefers() {
        for (accept, expected) in [
            ("application/graphql-response+json", Some(Answer::GraphqlResponse)),
            ("application/json", Some(Answer::Json)),
            ("application/json; charset=utf-8", Some(Answer::Json)),
            ("*/*", Some(Answer::Json)),
            ("application/*", Some(Answer::Json)),
            ("application/graphql-response+json, application/json", Some(Answer::GraphqlResponse)),
            ("application/json;q=0.9, application/graphql-response+json;q=0.5", Some(Answer::Json)),
            (
                "multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json",
                Some(Answer::GraphqlResponse),
            ),
            (
                "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8",
                Some(Answer::GraphqlResponse),
            ),
            ("application/json;q=0, */*", Some(Answer::GraphqlResponse)),
            ("text/html, */*;q=0.8", Some(Answer::Json)),
            ("text/event-stream", Some(Answer::Events)),
            ("text/event-stream, */*;q=0.5", Some(Answer::Events)),
            ("application/json;q=0, text/event-stream", Some(Answer::Events)),
            ("text/event-stream, application/json", Some(Answer::Json)),
            ("text/event-stream;q=0", None),
            ("text/html", None),
            ("image/png, application/xml", None),
        ] {
            assert_eq!(
                answer(&TestRequest::default().insert_header((ACCEPT, accept)).to_http_request()),
                expected,
                "{accept}"
            );
        }
        assert_eq!(answer(&TestRequest::default().to_http_request()), Some(Answer::Json));
    }

    #[test]
    fn only_json_in_utf_8_is_read() {
        for (content_type, expected) in [
            ("application/json", true),
            ("application/JSON; charset=UTF-8", true),
            ("application/json; charset=\"utf-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/graphql+json", false),
            ("text/plain", false),
            ("multipart/form-data", false),
            ("nonsense", false),
        ] {
            assert_eq!(
                is_json(&TestRequest::default().insert_header((CONTENT_TYPE, content_type)).to_http_request()),
                expected,
                "{content_type}"
            );
        }
        assert!(!is_json(&TestRequest::default().to_http_request()));
    }
}
