//! The secrets of webhooks: known to the receiver and the service, and to nobody who has the database alone.
//!
//! A secret is 32 bytes of chance. Kept is only its mask: the secret XOR an HMAC, by the service's key, over the webhook
//! and the secret's number, so that each secret has a pad of its own. A secret that were derived from the key alone would
//! change with the key, and the receivers would have to be told; a mask is made anew when another key comes first
//! ([`refresh`]), and the old key can be taken away an hour later.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::ctx::{Ctx, Timestamp};
use crate::entity::webhook::{self, Column};
use crate::error::Result;
use crate::id::WebhookId;
use crate::secret::{Purpose, Secrets};

/// A webhook's secret. Not printable.
#[derive(Clone)]
pub struct Secret(pub(super) [u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    pub(super) fn fresh() -> Self {
        Self(rand::random())
    }

    /// The secret as receivers are given it, after Standard Webhooks.
    pub fn reveal(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.0))
    }
}

/// What hides the secret `number` of a webhook, by the key known by `print`.
fn pad(secrets: &Secrets, print: &str, id: WebhookId, number: i32) -> Option<[u8; 32]> {
    secrets.make_by(print, Purpose::Webhook, &[id.0.as_bytes(), &number.to_be_bytes()])
}

fn xor(a: [u8; 32], b: [u8; 32]) -> [u8; 32] {
    std::array::from_fn(|at| a[at] ^ b[at])
}

/// What is kept of a secret, by the first key.
pub(super) fn mask(secrets: &Secrets, id: WebhookId, number: i32, secret: &Secret) -> String {
    let pad = secrets.make(Purpose::Webhook, &[id.0.as_bytes(), &number.to_be_bytes()]);
    BASE64_STANDARD.encode(xor(secret.0, pad))
}

fn unmask(secrets: &Secrets, print: &str, id: WebhookId, number: i32, mask: &str) -> Option<Secret> {
    let mask: [u8; 32] = BASE64_STANDARD.decode(mask).ok()?.try_into().ok()?;
    Some(Secret(xor(mask, pad(secrets, print, id, number)?)))
}

/// The secret of a webhook; `None` if the key it is masked by is gone.
pub(super) fn current(secrets: &Secrets, row: &webhook::Model) -> Option<Secret> {
    unmask(secrets, &row.key_print, row.id, row.generation, &row.mask)
}

/// The secret before, as long as it signs.
pub(super) fn before(secrets: &Secrets, row: &webhook::Model, now: Timestamp) -> Option<Secret> {
    row.old_until.filter(|until| *until > now)?;
    unmask(secrets, &row.key_print, row.id, row.generation - 1, row.old_mask.as_deref()?)
}

/// How many webhooks one run masks anew.
const BATCH: u64 = 500;

/// Masks the secrets anew that are masked by another key than the first, and forgets those whose time is over; returns how
/// many. Called by a timer of the server.
///
/// # Errors
/// As the database says.
pub async fn refresh(ctx: &Ctx) -> Result<u64> {
    let (db, secrets) = (&ctx.kith.store.db, &ctx.kith.secrets);
    let over = webhook::Entity::update_many()
        .col_expr(Column::OldMask, Expr::value(None::<String>))
        .col_expr(Column::OldUntil, Expr::value(None::<Timestamp>))
        .filter(Column::OldUntil.lte(ctx.now));
    let mut count = over.exec(db).await?.rows_affected;
    let print = secrets.print();
    let rows = webhook::Entity::find().filter(Column::KeyPrint.ne(&print)).limit(BATCH).all(db).await?;
    for row in rows {
        // Where the key is gone a steward makes another secret.
        let Some(secret) = current(secrets, &row) else { continue };
        let old = before(secrets, &row, ctx.now).map(|old| mask(secrets, row.id, row.generation - 1, &old));
        let again = webhook::Entity::update_many()
            .col_expr(Column::KeyPrint, Expr::value(print.clone()))
            .col_expr(Column::Mask, Expr::value(mask(secrets, row.id, row.generation, &secret)))
            .col_expr(Column::OldUntil, Expr::value(row.old_until.filter(|_| old.is_some())))
            .col_expr(Column::OldMask, Expr::value(old))
            .filter(Column::Id.eq(row.id))
            .filter(Column::Generation.eq(row.generation))
            .filter(Column::KeyPrint.eq(&row.key_print));
        count += again.exec(db).await?.rows_affected;
    }
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_by_the_key_that_masked_it_and_only_as_what_it_is() {
        let (one, two) = (Secrets::new(&[[1; 32]]), Secrets::new(&[[2; 32], [1; 32]]));
        let (id, secret) = (WebhookId::fresh(), Secret::fresh());
        let kept = mask(&one, id, 1, &secret);
        let read = |secrets: &Secrets, id, number| unmask(secrets, &one.print(), id, number, &kept).map(|it| it.0);
        assert_eq!(read(&one, id, 1), Some(secret.0));
        assert_eq!(read(&two, id, 1), Some(secret.0), "the old key is still there");
        assert_ne!(read(&one, id, 2), Some(secret.0));
        assert_ne!(read(&one, WebhookId::fresh(), 1), Some(secret.0));
        assert_eq!(read(&Secrets::new(&[[2; 32]]), id, 1), None, "the key is gone");
        assert_ne!(BASE64_STANDARD.decode(&kept).expect("base64"), secret.0);
        assert!(secret.reveal().starts_with("whsec_"));
        assert_eq!(format!("{secret:?}"), "Secret(..)");
    }
}
