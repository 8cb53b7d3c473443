//! Where a conversation stands among those of each who takes part: where the last message puts it that shows to them.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

use crate::entity::participant::Column;
use crate::entity::{conversation, message, participant};
use crate::error::Result;
use crate::id::MemberId;
use crate::visibility;

/// Puts the conversations in which both `a` and `b` have part, one of whom blocks the other, to their places; in the
/// transaction of the block.
pub(crate) async fn close_for_block(tx: &DatabaseTransaction, a: MemberId, b: MemberId) -> Result<()> {
    let of = |member: MemberId| {
        let parts = participant::Entity::find().select_only().column(Column::ConversationId);
        parts.filter(Column::MemberId.eq(member)).into_query()
    };
    let shared = conversation::Entity::find()
        .filter(conversation::Column::Id.in_subquery(of(a)))
        .filter(conversation::Column::Id.in_subquery(of(b)))
        .order_by_asc(conversation::Column::Id)
        .lock_exclusive();
    for row in shared.all(tx).await? {
        for member in [a, b] {
            let last = message::Entity::find()
                .filter(message::Column::ConversationId.eq(row.id))
                .filter(visibility::unblocked_or_gone(member, message::Column::AuthorId))
                .order_by_desc(message::Column::CreatedAt)
                .one(tx)
                .await?;
            participant::Entity::update_many()
                .col_expr(Column::LastAt, Expr::val(last.map_or(row.created_at, |last| last.created_at).0))
                .filter(Column::ConversationId.eq(row.id))
                .filter(Column::MemberId.eq(member))
                .exec(tx)
                .await?;
        }
    }
    Ok(())
}
