//! Keyset pages: a list goes on after the position of the last row seen, never after a count of rows, so that what is
//! added or taken away in between neither repeats nor hides anybody.
//!
//! A cursor is opaque: a version, the list it belongs to and the position, in base64url. A cursor of another list or
//! an older version is refused rather than misread.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::ctx::Timestamp;
use crate::error::{Error, Result};

/// The most rows of a page.
pub const LARGEST: i32 = 100;
/// The rows of a page when the caller does not say.
pub const USUAL: i32 = 20;
/// Totals are exact up to this number, and unknown beyond it.
pub const COUNTED: usize = 1_000;

const VERSION: u8 = 1;
/// How many bytes a position takes at most, usually.
const USUAL_BYTES: usize = 64;

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct Window {
    /// How many rows: 1 to [`LARGEST`].
    pub first: usize,
    /// The cursor of the row before the first one wanted.
    pub after: Option<String>,
    /// Whether the total is wanted.
    pub total: Total,
}

/// Whether a list's total is wanted; it costs a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// It is.
    Wanted,
    /// It is not.
    Skipped,
}

impl Window {
    /// The window of a request.
    ///
    /// # Errors
    /// [`Error::InvalidPageSize`] if `first` is not from 1 to [`LARGEST`].
    pub fn new(first: Option<i32>, after: Option<String>, total: Total) -> Result<Self> {
        match first.unwrap_or(USUAL) {
            first @ 1..=LARGEST => Ok(Self { first: first.unsigned_abs() as usize, after, total }),
            _ => Err(Error::InvalidPageSize),
        }
    }

    /// The rows of `query` that this window of the list called `list` wants, newest first, and one more to know
    /// whether others follow. The position of a row is its creation and its id.
    pub(crate) fn newest_first<E: EntityTrait>(
        &self,
        list: &str,
        query: Select<E>,
        created: E::Column,
        id: E::Column,
    ) -> Result<Select<E>> {
        let query = query.order_by_desc(created).order_by_desc(id).limit(self.first as u64 + 1);
        let Some((at, after)) = self.position::<(Timestamp, Uuid)>(list)? else { return Ok(query) };
        let older = Condition::any().add(created.lt(at)).add(Condition::all().add(created.eq(at)).add(id.lt(after)));
        Ok(query.filter(older))
    }

    /// The same the other way round: the oldest first.
    pub(crate) fn oldest_first<E: EntityTrait>(
        &self,
        list: &str,
        query: Select<E>,
        at: E::Column,
        id: E::Column,
    ) -> Result<Select<E>> {
        let query = query.order_by_asc(at).order_by_asc(id).limit(self.first as u64 + 1);
        let Some((when, after)) = self.position::<(Timestamp, Uuid)>(list)? else { return Ok(query) };
        let later = Condition::any().add(at.gt(when)).add(Condition::all().add(at.eq(when)).add(id.gt(after)));
        Ok(query.filter(later))
    }

    /// How many rows `query` has, if that is wanted.
    pub(crate) async fn total_of<E, M>(&self, db: &impl ConnectionTrait, query: &Select<E>) -> Result<Option<u64>>
    where
        E: EntityTrait<Model = M>,
        M: FromQueryResult + Send + Sync,
    {
        Ok(match self.total {
            Total::Wanted => Some(query.clone().count(db).await?),
            Total::Skipped => None,
        })
    }

    /// The position to go on from, if any, for the list called `list`.
    pub(crate) fn position<P: DeserializeOwned>(&self, list: &str) -> Result<Option<P>> {
        self.after.as_deref().map(|cursor| decode(list, cursor)).transpose()
    }
}

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The rows, each with its cursor.
    pub rows: Vec<Row<T>>,
    /// Whether there are more after these.
    pub has_next: bool,
    /// How many the whole list has, if that was wanted and is at most [`COUNTED`].
    pub total: Option<usize>,
}

/// A row of a page.
#[derive(Clone, Debug)]
pub struct Row<T> {
    /// Its position in the list.
    pub cursor: String,
    /// What stands there.
    pub item: T,
}

impl<T> Page<T> {
    /// The page of `found`, which holds up to one row more than wanted; `position` tells where a row stands.
    pub(crate) fn of<P: Serialize>(
        list: &str,
        window: &Window,
        mut found: Vec<T>,
        total: Option<u64>,
        position: impl Fn(&T) -> P,
    ) -> Self {
        let has_next = found.len() > window.first;
        found.truncate(window.first);
        let rows = found.into_iter().map(|item| Row { cursor: encode(list, &position(&item)), item }).collect();
        Self { rows, has_next, total: total.and_then(countable) }
    }

    /// The page of a list that has no rows for whoever asks.
    pub(crate) fn empty(window: &Window) -> Self {
        Self { rows: Vec::new(), has_next: false, total: (window.total == Total::Wanted).then_some(0) }
    }

    /// The same page with other items, without those that become none.
    pub fn retain<U>(self, mut f: impl FnMut(&T) -> Option<U>) -> Page<U> {
        let rows = self.rows.into_iter();
        let rows = rows.filter_map(|row| f(&row.item).map(|item| Row { cursor: row.cursor, item })).collect();
        Page { rows, has_next: self.has_next, total: self.total }
    }

    /// The same page with other items.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Page<U> {
        let rows = self.rows.into_iter().map(|row| Row { cursor: row.cursor, item: f(row.item) }).collect();
        Page { rows, has_next: self.has_next, total: self.total }
    }
}

fn countable(total: u64) -> Option<usize> {
    usize::try_from(total).ok().filter(|total| *total <= COUNTED)
}

/// The cursor of the row at `position` in the list called `list`.
pub(crate) fn encode<P: Serialize>(list: &str, position: &P) -> String {
    // Positions are small tuples of numbers and ids: they always serialise.
    let bytes = postcard::to_extend(&(VERSION, list, position), Vec::with_capacity(USUAL_BYTES)).unwrap_or_default();
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn decode<P: DeserializeOwned>(list: &str, cursor: &str) -> Result<P> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Error::InvalidCursor)?;
    match postcard::take_from_bytes::<(u8, String, P)>(&bytes) {
        Ok(((VERSION, of, position), [])) if of == list => Ok(position),
        _ => Err(Error::InvalidCursor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_in_its_own_list_only(at: i64, id: u128) {
            let cursor = encode("ties", &(at, id));
            prop_assert_eq!(decode::<(i64, u128)>("ties", &cursor).expect("its own list"), (at, id));
            prop_assert!(decode::<(i64, u128)>("blocks", &cursor).is_err());
        }

        #[test]
        fn what_is_not_a_cursor_is_refused_without_a_panic(text: String) {
            prop_assert!(decode::<(i64, u128)>("ties", &text).is_err());
        }
    }

    #[test]
    fn a_page_has_1_to_100_rows() {
        for wrong in [0, -1, 101, i32::MAX, i32::MIN] {
            assert!(matches!(Window::new(Some(wrong), None, Total::Skipped), Err(Error::InvalidPageSize)));
        }
        assert_eq!(Window::new(None, None, Total::Skipped).expect("the usual").first, 20);
        assert_eq!(Window::new(Some(100), None, Total::Skipped).expect("the largest").first, 100);
    }
}
