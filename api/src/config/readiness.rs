//! What it takes for a community to go live, where the operator wants it otherwise.

use std::str::FromStr;

use domain::community::Thresholds;
use domain::ctx::days;

use super::pairs;

/// The thresholds of readiness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness(pub Thresholds);

impl Readiness {
    pub(super) const EXPECTS: &'static str =
        "some of founders=5,density=1/2,endorsed=2/3,attended=1/2,days=90, separated by commas";
}

impl FromStr for Readiness {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut thresholds = Thresholds::default();
        for (name, value) in pairs(text)? {
            let count = || value.parse::<u32>().ok().filter(|count| (1..=1_000).contains(count)).ok_or(());
            match name.trim() {
                "founders" => thresholds.founders = count()?.into(),
                "days" => thresholds.gathered_within = days(count()?.into()),
                "density" => thresholds.density = value.parse()?,
                "endorsed" => thresholds.endorsed = value.parse()?,
                "attended" => thresholds.attended = value.parse()?,
                _ => return Err(()),
            }
        }
        Ok(Self(thresholds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_keeps_its_default() {
        let readiness: Readiness = "founders=3, density=1/4".parse().expect("a setting");
        let expected = Thresholds { founders: 3, density: "1/4".parse().expect("a share"), ..Thresholds::default() };
        assert_eq!(readiness.0, expected);
        for wrong in ["founders", "founders=0", "founders=-1", "density=0.5", "density=2/1", "people=5", "days=x"] {
            assert!(wrong.parse::<Readiness>().is_err(), "{wrong}");
        }
    }
}
