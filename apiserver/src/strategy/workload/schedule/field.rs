//! A field of a schedule: `*/5`, `1-5,9`, `mon`.

use super::super::integer;

/// Set where a field asks for no value.
pub(super) const STAR: u64 = 1 << 63;

/// The values that a field may have.
#[derive(Debug)]
pub(super) struct Bounds {
    least: i64,
    most: i64,
    /// Names of the values, from the least on.
    names: &'static [&'static str],
}

pub(super) const MINUTE: Bounds = Bounds { least: 0, most: 59, names: &[] };
pub(super) const HOUR: Bounds = Bounds { least: 0, most: 23, names: &[] };
pub(super) const DAY: Bounds = Bounds { least: 1, most: 31, names: &[] };
pub(super) const MONTH: Bounds = Bounds {
    least: 1,
    most: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) const WEEKDAY: Bounds =
    Bounds { least: 0, most: 6, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

impl Bounds {
    /// Every value, where none was asked for.
    pub(super) fn all(&self) -> u64 {
        bits(self.least, self.most, 1) | STAR
    }

    /// The least value.
    pub(super) fn first(&self) -> u64 {
        1 << self.least
    }

    /// The values of a field.
    pub(super) fn read(&self, field: &str) -> Result<u64, String> {
        let ranges = field.split(',').filter(|range| !range.is_empty());
        ranges.map(|range| self.range(range)).try_fold(0, |all, range| Ok(all | range?))
    }

    fn range(&self, text: &str) -> Result<u64, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let limits: Vec<&str> = parts.first().copied().unwrap_or_default().split('-').collect();
        let low = limits.first().copied().unwrap_or_default();
        let is_star = matches!(low, "*" | "?");
        let (from, mut to) = match limits.as_slice() {
            _ if is_star => (self.least, self.most),
            [_] => self.value(low).map(|value| (value, value))?,
            [_, high] => (self.value(low)?, self.value(high)?),
            _ => {
                self.value(low)?;
                return Err(format!("too many hyphens: {text}"));
            }
        };
        let step = match parts.as_slice() {
            [_] => 1,
            [_, step] => {
                if limits.len() == 1 {
                    to = self.most;
                }
                number(step)?
            }
            _ => return Err(format!("too many slashes: {text}")),
        };
        self.check(from, to, step, text)?;
        Ok(bits(from, to, step) | if is_star && step == 1 { STAR } else { 0 })
    }

    fn check(&self, from: i64, to: i64, step: i64, text: &str) -> Result<(), String> {
        let (least, most) = (self.least, self.most);
        if from < least {
            return Err(format!("beginning of range ({from}) below minimum ({least}): {text}"));
        }
        if to > most {
            return Err(format!("end of range ({to}) above maximum ({most}): {text}"));
        }
        if from > to {
            return Err(format!("beginning of range ({from}) beyond end of range ({to}): {text}"));
        }
        if step == 0 {
            return Err(format!("step of range should be a positive number: {text}"));
        }
        Ok(())
    }

    fn value(&self, text: &str) -> Result<i64, String> {
        let named = self.names.iter().zip(self.least..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        named.map_or_else(|| number(text), |(_, value)| Ok(value))
    }
}

fn number(text: &str) -> Result<i64, String> {
    let number =
        integer::parse(text).map_err(|why| format!("failed to parse int from {text}: {}", why.of("Atoi", text)))?;
    if number < 0 { Err(format!("negative number ({number}) not allowed: {text}")) } else { Ok(number) }
}

/// The bits of every `step`th value.
fn bits(from: i64, to: i64, step: i64) -> u64 {
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    (from..=to).step_by(step.max(1)).fold(0, |bits, value| bits | 1 << value)
}
