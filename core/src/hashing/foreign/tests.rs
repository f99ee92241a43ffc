//! Golden vectors of every form, none of them made here: `vectors.txt` says where each is from.

use super::*;
use crate::hashing::{
    equal::{MAX_KINDS, attempt, families},
    foreign::firebase::{opened, sealed},
    is_todays,
};

struct Vector {
    from: &'static str,
    hash: &'static str,
    password: &'static str,
}

fn vectors() -> Vec<Vector> {
    let line = |line: &'static str| {
        let [from, hash, password]: [&str; 3] = line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        Vector { from, hash, password }
    };
    include_str!("vectors.txt").lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

#[test]
fn every_vector_takes_its_password_and_no_other() {
    for Vector { from, hash, password } in vectors() {
        let foreign = Foreign::parse(hash).unwrap_or_else(|why| panic!("{from}: {why}"));
        assert!(foreign.matches(&Password::new(password)), "{from}");
        for wrong in ["", "Correct horse é 1", "password ", &password.to_uppercase(), &format!("{password} ")] {
            // bcrypt counts 72 bytes and no more; the 100 of its vector stay the same 72.
            let same = wrong == password || (password.len() > 72 && wrong.get(..72) == password.get(..72));
            assert_eq!(foreign.matches(&Password::new(wrong)), same, "{from}: {wrong:?}");
        }
    }
}

#[test]
fn every_scheme_of_the_issue_has_vectors() {
    let kinds: Vec<String> = vectors().iter().map(|vector| Foreign::parse(vector.hash).unwrap().kind().name()).collect();
    for scheme in ["bcrypt:", "scrypt:14,8,1", "pbkdf2-sha1:", "pbkdf2-sha256:", "pbkdf2-sha512:", "argon2i:", "argon2id:"] {
        assert!(kinds.iter().any(|kind| kind.starts_with(scheme)), "{scheme}");
    }
    for form in ["$2a$", "$2b$", "$2y$", "$firebase-scrypt$", "pbkdf2_sha256$", "pbkdf2:sha256:", "scrypt$", "scrypt:", "argon2$argon2id$"] {
        assert!(vectors().iter().any(|vector| vector.hash.starts_with(form)), "{form}");
    }
}

#[test]
fn what_is_stored_is_one_form_that_is_read_as_the_same_hash() {
    for Vector { from, hash, password } in vectors() {
        let stored = Foreign::parse(hash).unwrap().canonical();
        let again = Foreign::parse(&stored).unwrap_or_else(|why| panic!("{from}: {why}"));
        assert_eq!((again.canonical(), again.kind()), (stored.clone(), Foreign::parse(hash).unwrap().kind()), "{from}");
        assert!(stored.starts_with('$') && again.matches(&Password::new(password)), "{from}");
        assert_eq!(Kind::named(&again.kind().name()), Some(again.kind()), "{from}");
    }
}

#[test]
fn over_the_caps_is_refused_with_the_reason_and_at_the_caps_is_not() {
    let (salt, hash) = ("c29tZXNhbHRzb21lc2FsdA", "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4");
    let fits = |text: &str| Foreign::parse(text).map(drop);
    let bcrypt = |cost: &str| fits(&format!("$2b${cost}$pphdA.RUmfPX6xL2bFRsKukyuwSWonkZGB4t91m5eVqtUlnYXsRvW"));
    assert_eq!(bcrypt("12"), Ok(()));
    assert_eq!(bcrypt("13").unwrap_err(), "bcrypt has a cost of 13, and the most that is verified here is 12");
    assert!(bcrypt("03").is_err() && bcrypt("31").is_err() && bcrypt("99").is_err() && bcrypt("1").is_err());
    assert_eq!(fits(&format!("$pbkdf2-sha512$i=600000${salt}${hash}")), Ok(()));
    assert!(fits(&format!("$pbkdf2-sha512$i=600001${salt}${hash}")).unwrap_err().contains("600001 iterations"));
    assert!(fits(&format!("$pbkdf2-sha512$i=4294967296${salt}${hash}")).is_err() && fits(&format!("$pbkdf2-sha512$i=0${salt}${hash}")).is_err());
    // 128 · 2^15 · 8 bytes are 32 MiB.
    assert_eq!(fits(&format!("$scrypt$ln=15,r=8,p=1${salt}${hash}")), Ok(()));
    assert!(fits(&format!("$scrypt$ln=16,r=8,p=1${salt}${hash}")).unwrap_err().contains("65536 KiB"));
    assert!(fits(&format!("$scrypt$ln=15,r=9,p=1${salt}${hash}")).is_err() && fits(&format!("$scrypt$ln=15,r=8,p=5${salt}${hash}")).is_err());
    assert!(fits(&format!("$scrypt$ln=20,r=1,p=1${salt}${hash}")).is_err() && fits(&format!("$scrypt$ln=63,r=1,p=1${salt}${hash}")).is_err());
    assert_eq!(fits(&format!("$argon2id$v=19$m=32768,t=3,p=1${salt}${hash}")), Ok(()));
    assert!(fits(&format!("$argon2id$v=19$m=32769,t=3,p=1${salt}${hash}")).unwrap_err().contains("32769 KiB"));
    assert!(fits(&format!("$argon2i$v=19$m=4096,t=11,p=1${salt}${hash}")).is_err());
    assert!(fits(&format!("$argon2d$v=19$m=4096,t=3,p=1${salt}${hash}")).is_err());
    let firebase = |cost: u32| fits(&format!("$firebase-scrypt$hash={hash}$salt={salt}$sk={hash}$ss=Bw$r=8$m={cost}"));
    assert_eq!((firebase(15), firebase(16).is_err()), (Ok(()), true));
    assert!(
        ["bcrypt:13", "pbkdf2-sha1:600001", "scrypt:16,8,1", "argon2id:32769,1,1", "md5:1", "bcrypt", "bcrypt:1:2", ""]
            .iter()
            .all(|name| Kind::named(name).is_none())
    );
}

/// Whatever is typed into a file: an answer, at once, and nothing that would verify everything.
#[test]
fn malformed_hashes_are_refused_and_never_panic() {
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let scrap = ['$', '=', ',', ':', '_', '.', '/', '0', '9', 'a', 'Z', '+', '-', '~', ' ', '\u{0}', 'é'];
    let vectors = vectors();
    for _ in 0..60_000 {
        let mut text: Vec<char> = vectors[next(vectors.len())].hash.chars().collect();
        for _ in 0..=next(4) {
            let at = next(text.len());
            match next(5) {
                0 => text[at] = scrap[next(scrap.len())],
                1 => text.insert(at, scrap[next(scrap.len())]),
                2 => drop(text.remove(at)),
                3 => text.truncate(at.max(1)),
                _ => text.extend_from_within(at..),
            }
            if text.is_empty() {
                text.push('$');
            }
        }
        let text: String = text.into_iter().collect();
        if let Ok(parsed) = Foreign::parse(&text) {
            assert!(parsed.kind().check().is_ok(), "{text}");
            assert!(Foreign::parse(&parsed.canonical()).is_ok(), "{text} was read, and what was made of it is not");
        }
    }
    for text in
        ["", "$", "$$$$", "$2b$", "$2b$10$", "scrypt", "scrypt:", "pbkdf2_", "$pbkdf2-sha256$i=1$$", "argon2", "argon2$", "$argon2id$", "plain text"]
    {
        assert!(Foreign::parse(text).is_err(), "{text}");
    }
    assert!(Foreign::parse(&"$".repeat(100_000)).is_err());
}

#[test]
fn one_that_fits_is_replaced_by_ours_and_one_that_does_not_is_not() {
    for Vector { from, hash, password } in vectors().into_iter().filter(|vector| !vector.hash.contains("$12$")) {
        let kinds = [Foreign::parse(hash).unwrap().kind()];
        let done = attempt(&Password::new(password), Some(hash), &kinds, &[3; 16]).unwrap();
        let ours = done.rehash.unwrap_or_else(|| panic!("{from}"));
        assert!(done.matches && is_todays(&ours), "{from}");
        assert!(crate::hashing::verify(&Password::new(password), &ours).unwrap().matches, "{from}");
        let refused = attempt(&Password::new("something else"), Some(hash), &kinds, &[3; 16]).unwrap();
        assert_eq!((refused.matches, refused.rehash), (false, None), "{from}");
    }
    let spoilt = attempt(&Password::new("x"), Some("$2b$13$rest"), &[], &[3; 16]).unwrap();
    assert!(!spoilt.matches && spoilt.unusable.is_some());
}

#[test]
fn a_family_costs_what_its_dearest_member_does() {
    let pbkdf2 = |rounds| Kind::Pbkdf2 { digest: Digest::Sha256, rounds };
    let other = Kind::Pbkdf2 { digest: Digest::Sha1, rounds: 9 };
    let scrypt = |log_n| Kind::Scrypt { log_n, r: 8, p: 1 };
    let kinds =
        [Kind::Bcrypt { cost: 10 }, pbkdf2(300), Kind::Bcrypt { cost: 12 }, pbkdf2(100), other, scrypt(14), Kind::Bcrypt { cost: 4 }, scrypt(14)];
    assert_eq!(families(&kinds), [Kind::Bcrypt { cost: 12 }, pbkdf2(300), other, scrypt(14)]);
    assert_eq!(families(&[scrypt(13), scrypt(14)]).len(), 2, "half the memory is another thing");
    assert!(families(&kinds).len() <= MAX_KINDS);
}

#[test]
fn a_signer_key_is_stored_wrapped_and_nothing_else_is() {
    let hash = vectors().into_iter().find(|vector| vector.hash.starts_with("$firebase")).unwrap();
    let clear = Foreign::parse(hash.hash).unwrap().canonical();
    let stored = sealed(&clear, |key| Some(text::base64(&key.iter().rev().copied().collect::<Vec<u8>>()))).unwrap();
    assert!(!stored.contains("jxspr8Ki0RYycVU8") && Foreign::parse(&stored).is_err(), "nobody reads it as it is stored");
    let open = |wrapped: &str| text::bytes(wrapped).map(|bytes| bytes.into_iter().rev().collect::<Vec<u8>>().into());
    assert_eq!(opened(&stored, open), clear);
    assert_eq!(opened(&stored, |_| None), stored, "of another deployment");
    assert!(sealed(&clear, |_| None).is_none());
    assert_eq!(sealed("$2b$10$x", |_| None).unwrap(), "$2b$10$x");
    assert_eq!(opened("$2b$10$x", |_| None), "$2b$10$x");
}
