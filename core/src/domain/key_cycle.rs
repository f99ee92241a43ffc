//! The life of a signing key: next → current → retiring → gone.
//!
//! There is always a next key, published long before it signs: a verifier whose copy of the key set is a day old knows
//! every key that signs today. A key that has signed stays published until its last token has expired and the slowest
//! copy has been refreshed. So whoever verifies with any copy at most [`Intervals::ahead`] old finds the key of every
//! living token. Removal in an emergency gives that up on purpose: the key is gone at once.
//!
//! Everything here decides on a list of keys and an instant. Whoever carries a [`Turn`] out does it in one batch, over
//! the version of the list it was decided on.

use thiserror::Error;

use super::time::Millis;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Published, signs nothing yet.
    Next,
    /// Signs.
    Current,
    /// Published, signs no more.
    Retiring,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Retiring => "retiring",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Next, Self::Current, Self::Retiring].into_iter().find(|state| state.name() == name)
    }
}

/// A key that is not gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub kid: String,
    pub state: State,
    /// When it came to its state.
    pub since: Millis,
    /// Of a retiring key.
    pub leaves: Option<Millis>,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Intervals {
    /// How long a key signs.
    pub rotate: i64,
    /// How long a key is published before it signs.
    pub ahead: i64,
    /// How long it stays published after its last token has expired.
    pub keep: i64,
    /// The life of the longest-lived token.
    pub token: i64,
}

/// What is to be done, all of it at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Gone.
    pub drop: Vec<String>,
    /// Current no more; with when it leaves.
    pub retire: Option<(String, Millis)>,
    /// Next no more, but current.
    pub promote: Option<String>,
    /// Keys to be made: a current one only where there is none to promote.
    pub make_current: bool,
    pub make_next: bool,
}

impl Turn {
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Why a key set does not turn.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    #[error("no such key")]
    NoSuchKey,
    #[error("there is no next key yet")]
    NoNext,
    #[error("the next key was published too recently")]
    NotReady { at: Millis },
    /// A list no turn of ours leads to.
    #[error("a key of state {found} cannot become {wanted}")]
    Transition { found: &'static str, wanted: &'static str },
}

fn of(keys: &[Key], state: State) -> Option<&Key> {
    keys.iter().find(|key| key.state == state)
}

/// When the next key may sign.
pub fn ready_at(keys: &[Key], intervals: Intervals) -> Option<Millis> {
    of(keys, State::Next).map(|key| key.since.plus(intervals.ahead))
}

/// What cron does: makes what is missing, rotates when it is time, and drops what nobody needs any more.
pub fn due(keys: &[Key], intervals: Intervals, now: Millis) -> Turn {
    let over = |key: &&Key| key.state == State::Retiring && key.leaves.is_none_or(|at| at <= now);
    let drop: Vec<String> = keys.iter().filter(over).map(|key| key.kid.clone()).collect();
    let old = of(keys, State::Current).is_some_and(|key| key.since.plus(intervals.rotate) <= now);
    match rotate(keys, intervals, now) {
        Ok(turn) if old => Turn { drop, ..turn },
        // Without a current key nobody can sign in: the next one has to do, ready or not.
        _ if of(keys, State::Current).is_none() => Turn { drop, ..successor(keys) },
        _ => Turn { drop, make_next: of(keys, State::Next).is_none(), ..Turn::default() },
    }
}

/// The next key becomes current, if everybody has had the time to hear of it.
pub fn rotate(keys: &[Key], intervals: Intervals, now: Millis) -> Result<Turn, Refusal> {
    let at = ready_at(keys, intervals).ok_or(Refusal::NoNext)?;
    if at > now {
        return Err(Refusal::NotReady { at });
    }
    let leaves = now.plus(intervals.token).plus(intervals.keep);
    Ok(Turn { retire: of(keys, State::Current).map(|key| (key.kid.clone(), leaves)), ..successor(keys) })
}

/// A key is gone at once, whatever it was.
pub fn remove(keys: &[Key], kid: &str) -> Result<Turn, Refusal> {
    let key = keys.iter().find(|key| key.kid == kid).ok_or(Refusal::NoSuchKey)?;
    let drop = vec![key.kid.clone()];
    Ok(match key.state {
        State::Current => Turn { drop, ..successor(keys) },
        State::Next => Turn { drop, make_next: true, ..Turn::default() },
        State::Retiring => Turn { drop, ..Turn::default() },
    })
}

/// A new current key, and a new next one.
fn successor(keys: &[Key]) -> Turn {
    let promote = of(keys, State::Next).map(|key| key.kid.clone());
    Turn { make_current: promote.is_none(), make_next: true, promote, ..Turn::default() }
}

/// The keys after a turn, `made` naming the new ones (current before next). A turn that does not fit is refused.
pub fn turned(keys: &[Key], turn: &Turn, made: &[&str], now: Millis) -> Result<Vec<Key>, Refusal> {
    let mut keys = keys.to_vec();
    for kid in &turn.drop {
        let at = keys.iter().position(|key| key.kid == *kid).ok_or(Refusal::NoSuchKey)?;
        keys.remove(at);
    }
    if let Some((kid, leaves)) = &turn.retire {
        step(&mut keys, kid, State::Current, State::Retiring, now)?.leaves = Some(*leaves);
    }
    if let Some(kid) = &turn.promote {
        step(&mut keys, kid, State::Next, State::Current, now)?;
    }
    let mut made = made.iter();
    for state in [State::Current, State::Next] {
        let wanted = if state == State::Current { turn.make_current } else { turn.make_next };
        if !wanted {
            continue;
        }
        if let Some(taken) = of(&keys, state) {
            return Err(Refusal::Transition { found: taken.state.name(), wanted: state.name() });
        }
        let kid = made.next().ok_or(Refusal::NoSuchKey)?;
        keys.push(Key { kid: (*kid).to_owned(), state, since: now, leaves: None });
    }
    Ok(keys)
}

fn step<'k>(keys: &'k mut [Key], kid: &str, from: State, to: State, now: Millis) -> Result<&'k mut Key, Refusal> {
    if to == State::Current && of(keys, State::Current).is_some() {
        return Err(Refusal::Transition { found: State::Current.name(), wanted: to.name() });
    }
    let key = keys.iter_mut().find(|key| key.kid == kid).ok_or(Refusal::NoSuchKey)?;
    if key.state != from {
        return Err(Refusal::Transition { found: key.state.name(), wanted: to.name() });
    }
    (key.state, key.since) = (to, now);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INTERVALS: Intervals = Intervals { rotate: 1_000, ahead: 300, keep: 300, token: 100 };

    fn key(kid: &str, state: State, since: i64) -> Key {
        let leaves = (state == State::Retiring).then_some(Millis(since + 400));
        Key { kid: kid.into(), state, since: Millis(since), leaves }
    }

    #[test]
    fn a_turn_that_does_not_fit_is_an_error() {
        use State::*;
        let keys = [key("c", Current, 0), key("n", Next, 0), key("r", Retiring, 0)];
        let turn = |turn: Turn| turned(&keys, &turn, &["a", "b"], Millis(1)).unwrap_err();
        let none = Turn::default;
        assert_eq!(turn(Turn { drop: vec!["x".into()], ..none() }), Refusal::NoSuchKey);
        assert_eq!(turn(Turn { promote: Some("n".into()), ..none() }), Refusal::Transition { found: "current", wanted: "current" });
        for kid in ["n", "r"] {
            assert!(
                matches!(turn(Turn { retire: Some((kid.into(), Millis(9))), ..none() }), Refusal::Transition { wanted: "retiring", .. }),
                "{kid}"
            );
        }
        let retired = Some(("c".to_owned(), Millis(9)));
        assert_eq!(
            turn(Turn { retire: retired.clone(), promote: Some("r".into()), ..none() }),
            Refusal::Transition { found: "retiring", wanted: "current" }
        );
        assert_eq!(turn(Turn { retire: retired, promote: Some("c".into()), ..none() }), Refusal::Transition { found: "retiring", wanted: "current" });
        assert_eq!(turn(Turn { make_next: true, ..none() }), Refusal::Transition { found: "next", wanted: "next" });
        assert_eq!(turn(Turn { make_current: true, ..none() }), Refusal::Transition { found: "current", wanted: "current" });
    }

    #[test]
    fn rotation_waits_for_the_next_key_to_be_known() {
        let keys = [key("c", State::Current, 0), key("n", State::Next, 500)];
        assert_eq!(rotate(&keys, INTERVALS, Millis(799)), Err(Refusal::NotReady { at: Millis(800) }));
        assert!(due(&keys, INTERVALS, Millis(999)).is_nothing());
        let turn = due(&keys, INTERVALS, Millis(1_000));
        assert_eq!((turn.promote.as_deref(), turn.retire), (Some("n"), Some(("c".into(), Millis(1_400)))));
        assert!(turn.make_next && !turn.make_current);
        assert_eq!(rotate(&keys[..1], INTERVALS, Millis(5_000)), Err(Refusal::NoNext));
        assert!(due(&keys[..1], INTERVALS, Millis(5_000)).make_next);
    }

    #[test]
    fn an_emergency_waits_for_nobody() {
        let keys = [key("c", State::Current, 0), key("n", State::Next, 0), key("r", State::Retiring, 0)];
        let left = |kid: &str| turned(&keys, &remove(&keys, kid).unwrap(), &["made"], Millis(1)).unwrap();
        for kid in ["c", "n", "r"] {
            let keys = left(kid);
            assert!(of(&keys, State::Current).is_some() && of(&keys, State::Next).is_some() && !keys.iter().any(|key| key.kid == kid));
        }
        assert_eq!(of(&left("c"), State::Current).map(|key| key.kid.as_str()), Some("n"));
        assert_eq!(remove(&keys, "x"), Err(Refusal::NoSuchKey));
        let alone = [key("c", State::Current, 0)];
        assert_eq!(turned(&alone, &remove(&alone, "c").unwrap(), &["a", "b"], Millis(1)).unwrap().len(), 2);
    }

    /// Whatever cron, administrators and emergencies do in whatever order, the promises of the module hold.
    #[test]
    fn any_history_keeps_the_promises() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let (mut keys, mut now, mut names) = (Vec::<Key>::new(), 0_i64, 0);
        let mut published: Vec<(String, i64)> = Vec::new();
        // When each key signed last, unless it was removed.
        let mut signed: Vec<(String, i64)> = Vec::new();
        let (mut rotations, mut dropped) = (0, 0);
        for _ in 0..20_000 {
            now += i64::try_from(random(120)).unwrap();
            let at = Millis(now);
            let (turn, removed) = match random(40) {
                0 => {
                    let Some(kid) = keys.get(usize::try_from(random(4)).unwrap()).map(|key| key.kid.clone()) else { continue };
                    (remove(&keys, &kid).unwrap(), Some(kid))
                }
                1..=3 => match rotate(&keys, INTERVALS, at) {
                    Ok(turn) => (turn, None),
                    Err(_) => continue,
                },
                _ => (due(&keys, INTERVALS, at), None),
            };
            let made = [format!("k{names}"), format!("k{}", names + 1)];
            names += 2;
            let before = keys.clone();
            keys = turned(&keys, &turn, &[&made[0], &made[1]], at).unwrap();
            assert_eq!(keys.iter().filter(|key| key.state == State::Current).count(), 1);
            assert_eq!(keys.iter().filter(|key| key.state == State::Next).count(), 1);
            published.extend(keys.iter().filter(|key| !before.iter().any(|old| old.kid == key.kid)).map(|key| (key.kid.clone(), now)));
            if let (Some(kid), None, true) = (&turn.promote, &removed, before.iter().any(|key| key.state == State::Current)) {
                let since = published.iter().find(|(known, _)| known == kid).unwrap().1;
                assert!(now - since >= INTERVALS.ahead, "{kid} signs {} after it was published", now - since);
                rotations += 1;
            }
            for kid in turn.drop.iter().filter(|kid| removed.as_ref() != Some(kid)) {
                let last = signed.iter().find(|(known, _)| known == kid).unwrap().1;
                assert!(now >= last + INTERVALS.token + INTERVALS.keep, "{kid} left {} after its last signature", now - last);
                dropped += 1;
            }
            let current = of(&keys, State::Current).unwrap().kid.clone();
            signed.retain(|(kid, _)| *kid != current);
            signed.push((current, now));
        }
        assert!(rotations > 200 && dropped > 100, "{rotations} {dropped}");
    }
}
