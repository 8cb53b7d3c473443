//! Relay's cursor connections, over the domain's pages.

use async_graphql::{Context, SimpleObject};
use domain::page::{Total, Window};

use super::error::Result;

/// Where a page stands in its list, after the Relay cursor connections specification.
#[derive(SimpleObject, Clone)]
pub(crate) struct PageInfo {
    /// Whether there are more after this page.
    pub(crate) has_next_page: bool,
    /// Always false: lists are read forward only.
    pub(crate) has_previous_page: bool,
    /// The first row's cursor; null if the page is empty.
    pub(crate) start_cursor: Option<String>,
    /// The last row's cursor, to go on from; null if the page is empty.
    pub(crate) end_cursor: Option<String>,
}

impl PageInfo {
    pub(crate) fn new(cursors: &[&str], has_next_page: bool) -> Self {
        let cursor = |at: Option<&&str>| at.map(|cursor| (*cursor).to_owned());
        Self {
            has_next_page,
            has_previous_page: false,
            start_cursor: cursor(cursors.first()),
            end_cursor: cursor(cursors.last()),
        }
    }
}

/// The part of a list a field asks for; whether the total is wanted, the selection tells.
pub(crate) fn window(gql: &Context<'_>, first: Option<i32>, after: Option<String>) -> Result<Window> {
    let total = if gql.look_ahead().field("totalCount").exists() { Total::Wanted } else { Total::Skipped };
    Ok(Window::new(first, after, total)?)
}

/// Makes a connection type of an edge type, and lets a page become one.
macro_rules! connection {
    ($(#[$doc:meta])* $connection:ident of $edge:ident, $node:ident) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        #[graphql(complex)]
        pub(crate) struct $connection {
            /// The rows, each with what belongs to the relation.
            edges: Vec<$edge>,
            /// Where this page stands in the list.
            page_info: $crate::graphql::page::PageInfo,
            /// How many the whole list has; exact up to 1,000 and null beyond. Computed only if selected.
            total_count: Option<i32>,
        }

        #[async_graphql::ComplexObject]
        impl $connection {
            /// The rows' nodes alone, in the same order.
            async fn nodes(&self) -> Vec<$node> {
                self.edges.iter().map(|edge| edge.node.clone()).collect()
            }
        }

        impl $connection {
            /// The connection of a page whose rows become edges by `edge`.
            pub(crate) fn of<T>(page: domain::page::Page<T>, edge: impl Fn(domain::page::Row<T>) -> $edge) -> Self {
                let edges: Vec<$edge> = page.rows.into_iter().map(edge).collect();
                let cursors: Vec<&str> = edges.iter().map(|edge| edge.cursor.as_str()).collect();
                let page_info = $crate::graphql::page::PageInfo::new(&cursors, page.has_next);
                // At most 1,000.
                let total_count = page.total.map(|total| total as i32);
                Self { edges, page_info, total_count }
            }
        }
    };
}
pub(crate) use connection;
