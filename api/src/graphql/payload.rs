//! Payloads of commands: the thing that was changed and the refusals; of something that stands in a list of the viewer's,
//! its edge and the viewer as well.

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

/// Makes the payload types of commands that change one thing, and lets what the domain returned become one.
macro_rules! changed {
    ($node:ident: $Node:ident of $done:path, $null:tt; $($(#[$doc:meta])* $payload:ident;)+) => {$(
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub(crate) struct $payload {
            #[doc = $null]
            $node: Option<$Node>,
            /// Why the command was refused; empty if it was done.
            user_errors: Vec<$crate::graphql::error::UserError>,
        }

        impl $payload {
            fn of(
                gql: &async_graphql::Context<'_>,
                result: domain::error::Result<$done>,
            ) -> $crate::graphql::error::Result<Self> {
                let (done, user_errors) = $crate::graphql::error::outcome(gql, result)?;
                Ok(Self { $node: done.map($Node), user_errors })
            }
        }
    )+};
}
pub(crate) use changed;
