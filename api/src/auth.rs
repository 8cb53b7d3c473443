//! Bearer tokens: from a token to the member who asks, and from a member to a token. The only module that knows JWT.
//!
//! Access tokens are JWTs after RFC 9068, signed with EdDSA (RFC 8037) by the first of the configured keys; all keys
//! verify and stand in the JWKS, under their RFC 7638 thumbprint, so that keys can be rotated without signing anyone
//! out. What RFC 8725 asks is checked here: the algorithm is ours to say and never the token's, `typ`, `kid`, `iss`,
//! `aud`, `exp`, `iat`, `sub` and `sid` must be there and right, and nothing in the header (`jku`, `jwk`, `x5u`, `crit`) is
//! followed. A token that was found right once is known again ([`Verified`]); its times are judged on every request.

mod verified;

use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::verified::Verified;
use crate::config::SigningSeed;
use domain::ctx::Timestamp;
use domain::id::{MemberId, SessionId};

/// Who may read our tokens.
const AUDIENCE: &str = "kith";
/// RFC 9068, 2.1.
const TYPE: &str = "at+jwt";
/// How far clocks may differ, in seconds.
const LEEWAY: u64 = 60;
/// RFC 8410, 7: what stands before the seed in the PKCS #8 form of an Ed25519 private key.
const PKCS8: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

/// The keys that sign and verify, and for whom.
pub struct Keys {
    issuer: String,
    signing: EncodingKey,
    header: Header,
    verifying: Vec<(String, DecodingKey)>,
    verified: Verified<Claims>,
    /// The public halves, as `/.well-known/jwks.json` shows them.
    pub jwks: JwkSet,
}

/// What an access token says. Times are seconds since 1970.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    /// OpenID Connect Front-Channel Logout 1.0, 3: the session, without which the token is good for nothing.
    sid: Uuid,
    iat: u64,
    exp: u64,
    jti: Uuid,
    /// RFC 8693, 4.1: who really acts, if it is not the member: an operator with a support token.
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor>,
}

/// Who acts for a member, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Who.
    pub sub: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Why a token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejected {
    /// It was right, and its time is over: the client should refresh it.
    Expired,
    /// It is not one of ours.
    Invalid,
}

/// What an accepted token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The member who asks, or for whom is asked.
    pub member: MemberId,
    /// The session in which they ask.
    pub session: SessionId,
    /// Who acts for them, if it is not they themselves.
    pub actor: Option<Actor>,
    /// When the token's time is over. Clocks may differ by a minute about a single request; what lasts ends then.
    pub expires_at: Timestamp,
}

impl Keys {
    /// The keys made of `seeds`, for tokens of `issuer`.
    ///
    /// # Errors
    /// If there is none, or one that is no key.
    pub fn new(issuer: &str, seeds: &[SigningSeed]) -> Result<Self, String> {
        let pair = |seed: &SigningSeed| {
            let signing = EncodingKey::from_ed_der(&[&PKCS8[..], &seed.0].concat());
            let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::EdDSA)?;
            let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
            jwk.common.key_id = Some(kid.clone());
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            Ok((kid, signing, jwk))
        };
        let keys = seeds
            .iter()
            .map(pair)
            .collect::<jsonwebtoken::errors::Result<Vec<_>>>()
            .map_err(|cause| format!("signing key: {cause}"))?;
        let (kid, signing, _) = keys.first().cloned().ok_or("there is no signing key")?;
        let verify = |(kid, _, jwk): &(String, EncodingKey, Jwk)| Ok((kid.clone(), DecodingKey::from_jwk(jwk)?));
        let verifying = keys
            .iter()
            .map(verify)
            .collect::<jsonwebtoken::errors::Result<Vec<_>>>()
            .map_err(|cause| format!("signing key: {cause}"))?;
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(kid), ..Header::new(Algorithm::EdDSA) };
        let jwks = JwkSet { keys: keys.into_iter().map(|(.., jwk)| jwk).collect() };
        let verified = Verified::default();
        Ok(Self { issuer: issuer.to_owned(), signing, header, verifying, verified, jwks })
    }

    /// A token for `member` in `session`, valid for `minutes` from `now`.
    ///
    /// # Errors
    /// If the key cannot sign.
    pub fn issue(
        &self,
        member: MemberId,
        session: SessionId,
        minutes: u32,
        actor: Option<Actor>,
        now: Timestamp,
    ) -> Result<String, String> {
        let iat = now.0.max(0).unsigned_abs() / 1_000_000;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: member.0,
            sid: session.0,
            iat,
            exp: iat + u64::from(minutes) * 60,
            jti: Uuid::new_v4(),
            act: actor,
        };
        jsonwebtoken::encode(&self.header, &claims, &self.signing).map_err(|cause| format!("signing a token: {cause}"))
    }

    /// What `token` says, if it is one of ours and its time is not over.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Bearer, Rejected> {
        self.verified.get_or(token, || self.claims(token))?.judged(now)
    }

    /// What `token` says, if it is one of ours, whatever its time.
    fn claims(&self, token: &str) -> Result<Arc<Claims>, Rejected> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Rejected::Invalid)?;
        if header.typ.as_deref() != Some(TYPE) || header.alg != Algorithm::EdDSA || header.crit.is_some() {
            return Err(Rejected::Invalid);
        }
        let kid = header.kid.ok_or(Rejected::Invalid)?;
        let (_, key) = self.verifying.iter().find(|(known, _)| *known == kid).ok_or(Rejected::Invalid)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Judged later, by the one clock all rules go by.
        validation.validate_exp = false;
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        let token = jsonwebtoken::decode::<Claims>(token, key, &validation).map_err(|_| Rejected::Invalid)?;
        Ok(Arc::new(token.claims))
    }
}

impl Claims {
    /// What they come to now.
    fn judged(&self, now: Timestamp) -> Result<Bearer, Rejected> {
        let now = now.0.max(0).unsigned_abs() / 1_000_000;
        if self.iat > now + LEEWAY || self.exp < self.iat {
            return Err(Rejected::Invalid);
        }
        if self.exp.saturating_add(LEEWAY) < now {
            return Err(Rejected::Expired);
        }
        let expires_at = Timestamp(i64::try_from(self.exp).unwrap_or(i64::MAX).saturating_mul(1_000_000));
        let (member, session) = (MemberId(self.sub), SessionId(self.sid));
        Ok(Bearer { member, session, actor: self.act.clone(), expires_at })
    }
}

/// The token of an `Authorization` header: the scheme `Bearer` in whatever case (RFC 6750, 2.1; RFC 9110, 11.1).
pub fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60 * 1_000_000;

    fn keys(seed: u8) -> Keys {
        Keys::new("http://kith.test", &[SigningSeed([seed; 32])]).expect("a key")
    }

    #[test]
    fn a_token_that_is_known_still_expires() {
        let (keys, begun) = (keys(1), Timestamp(1_800_000_000_000_000));
        let at = |minutes: i64| Timestamp(begun.0 + minutes * MINUTE);
        let token = keys.issue(MemberId::fresh(), SessionId::fresh(), 10, None, begun).expect("a token");
        let bearer = keys.verify(&token, at(0)).expect("a right token");
        assert_eq!(keys.verify(&token, at(9)), Ok(bearer.clone()));
        assert_eq!(keys.verified.len(), 1);
        assert_eq!(keys.verify(&token, at(11)), Ok(bearer.clone()), "clocks may differ by a minute");
        assert_eq!(keys.verify(&token, at(12)), Err(Rejected::Expired));
        assert_eq!(keys.verify(&token, at(-2)), Err(Rejected::Invalid), "made later than it is now");
        assert_eq!(keys.verify(&token, at(0)), Ok(bearer));
    }

    #[test]
    fn what_is_not_signed_by_us_is_not_kept() {
        let (ours, theirs, now) = (keys(1), keys(2), Timestamp(1_800_000_000_000_000));
        let token = theirs.issue(MemberId::fresh(), SessionId::fresh(), 10, None, now).expect("a token");
        let right = ours.issue(MemberId::fresh(), SessionId::fresh(), 10, None, now).expect("a token");
        ours.verify(&right, now).expect("a right token");
        let (signed, _) = right.rsplit_once('.').expect("three parts");
        let (_, signature) = token.rsplit_once('.').expect("three parts");
        for wrong in [token.clone(), format!("{signed}.{signature}"), format!("{right}A"), String::new()] {
            for _ in 0..2 {
                assert_eq!(ours.verify(&wrong, now), Err(Rejected::Invalid), "{wrong}");
            }
        }
        assert_eq!(ours.verified.len(), 1);
    }
}
