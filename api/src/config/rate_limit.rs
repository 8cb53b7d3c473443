//! How much may be asked in a while, where the operator wants it otherwise.

use std::str::FromStr;
use std::time::Duration;

use domain::budget::{Allowance, MOST_COST};

use super::pairs;

/// The most points a bucket may hold: more would flow faster than time is counted.
const MOST: u32 = 100_000_000;

/// The allowance of each kind of subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimit(pub Allowance);

impl RateLimit {
    pub(super) const EXPECTS: &'static str = "some of member=60000,partner=120000,anonymous=20000,minutes=10, separated by \
                                              commas; points from 10000 to 100000000, minutes from 1 to 1440";
}

impl FromStr for RateLimit {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut allowance = Allowance::default();
        for (name, value) in pairs(text)? {
            let number = |from, to| value.parse::<u32>().ok().filter(|number| (from..=to).contains(number)).ok_or(());
            // What costs more than a bucket holds would be told to wait for ever.
            let points = || number(MOST_COST, MOST);
            match name.trim() {
                "member" => allowance.member = points()?,
                "partner" => allowance.partner = points()?,
                "anonymous" => allowance.anonymous = points()?,
                "minutes" => allowance.within = Duration::from_secs(60 * u64::from(number(1, 1_440)?)),
                _ => return Err(()),
            }
        }
        let flows = |points: u32| !(allowance.within / points).is_zero();
        let all = [allowance.member, allowance.partner, allowance.anonymous];
        if all.into_iter().all(flows) { Ok(Self(allowance)) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_keeps_its_default() {
        let limit: RateLimit = "member=10000, minutes=60".parse().expect("a setting");
        let expected = Allowance { member: 10_000, within: Duration::from_secs(3_600), ..Allowance::default() };
        assert_eq!(limit.0, expected);
        for wrong in
            ["member", "member=0", "member=9999", "partner=-1", "anonymous=100000001", "minutes=0", "all=10000"]
        {
            assert!(wrong.parse::<RateLimit>().is_err(), "{wrong}");
        }
    }
}
