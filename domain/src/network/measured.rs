//! What the benchmarks need to measure a part by itself; no part of the service.

use crate::Kith;
use crate::cache::Kind;
use crate::ctx::Ctx;
use crate::error::{Error, Result};
use crate::id::MemberId;
use crate::network::ranking;

/// The counting of the viewer's network alone, over lists that are in memory: says how many people it found.
///
/// # Errors
/// As the database says, from which the lists may have to be read first.
pub async fn counting(ctx: &Ctx) -> Result<impl Fn() -> usize + use<>> {
    let me = ctx.me()?;
    let (mine, lists) = super::lists(ctx, me).await?;
    Ok(move || ranking::rank(me, &mine, &lists, ranking::KEPT).people.len())
}

/// Makes the networks of `members` forgotten, and nothing that they are counted from.
///
/// # Errors
/// [`Error::Unavailable`] if the cache does not take it.
pub async fn forget_networks(kith: &Kith, members: &[MemberId]) -> Result<()> {
    forget(kith, members, &[Kind::Network]).await
}

/// Makes everything about `members` forgotten.
///
/// # Errors
/// [`Error::Unavailable`] if the cache does not take it.
pub async fn forget_all(kith: &Kith, members: &[MemberId]) -> Result<()> {
    forget(kith, members, &[Kind::Card, Kind::Neighbours, Kind::Blocks, Kind::Network]).await
}

async fn forget(kith: &Kith, members: &[MemberId], kinds: &[Kind]) -> Result<()> {
    let keys: Vec<_> = members.iter().flat_map(|member| kinds.iter().map(|kind| (*kind, *member))).collect();
    kith.cache.forget(&keys).await.map_err(|_| Error::Unavailable(std::time::Duration::from_secs(1)))
}
