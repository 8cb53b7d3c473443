//! Payloads of commands about something that stands in a list: the thing, its edge, the viewer and the refusals.

/// Makes the payload type of a command, and lets what the domain returned become one.
macro_rules! payload {
    (
        $(#[$doc:meta])*
        $payload:ident of $done:path {
            $(#[$node_doc:meta])*
            $node:ident: $Node:ident,
            $(#[$edge_doc:meta])*
            $edge:ident: $Edge:ident
        }
    ) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $payload {
            $(#[$node_doc])*
            $node: Option<$Node>,
            $(#[$edge_doc])*
            $edge: Option<$Edge>,
            /// The viewer, whose counts may have changed.
            viewer: $crate::graphql::viewer::Viewer,
            /// Why the command was refused; empty if it was done.
            user_errors: Vec<$crate::graphql::error::UserError>,
        }

        impl $payload {
            fn of(
                gql: &async_graphql::Context<'_>,
                result: domain::error::Result<$done>,
            ) -> $crate::graphql::error::Result<Self> {
                let (done, user_errors) = $crate::graphql::error::outcome(gql, result)?;
                let $node = done.map($Node);
                let $edge = $node.clone().map(|node| $Edge { cursor: node.0.cursor(), node });
                Ok(Self { $node, $edge, viewer: $crate::graphql::viewer::Viewer, user_errors })
            }
        }
    };
}
pub(crate) use payload;
