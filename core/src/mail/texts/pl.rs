//! Polish, polite and without a gender: impersonal forms instead of „Pan“ and „Pani“, names in the nominative.

use super::{Texts, Words};
use crate::mail::template::Validity;

/// Accusative: it stands after „przez“ and „na“. 2–4, 22–24, … take „godziny“, but 12–14, 112–114, … do not.
fn duration(validity: Validity) -> String {
    let (n, one, few, many) = match validity {
        Validity::Hours(n) => (n, "godzinę", "godziny", "godzin"),
        Validity::Minutes(n) => (n, "minutę", "minuty", "minut"),
    };
    let noun = match (n, n % 10, n % 100) {
        (1, ..) => one,
        (_, _, 12..=14) => many,
        (_, 2..=4, _) => few,
        _ => many,
    };
    format!("{n} {noun}")
}

pub const TEXTS: Texts = Texts {
    greeting: "Dzień dobry, {name}!",
    greeting_unnamed: "Dzień dobry!",
    unnamed_inviter: "Osoba z zespołu",
    bare_link: "Jeśli przycisk nie działa, prosimy otworzyć ten adres w przeglądarce:",
    valid: "Link jest ważny przez {validity} i można go użyć tylko raz.",
    duration,
    when: "Kiedy",
    device: "Urządzenie",
    address: "Adres IP",
    verify_email: Words {
        subject: "Potwierdzenie konta w portalu",
        body: &[
            "Dla tego adresu e-mail utworzono konto w portalu {organization}. Aby dokończyć rejestrację, prosimy potwierdzić ten adres.",
            "Potwierdzenie aktywuje także hasło wybrane podczas rejestracji, dlatego prosimy potwierdzać tylko własną rejestrację.",
        ],
        button: "Potwierdź adres e-mail",
        why: "Ta wiadomość została wysłana, ponieważ podczas rejestracji podano ten adres. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    existing_account: Words {
        subject: "Konto w portalu już istnieje",
        body: &[
            "Ktoś podał ten adres e-mail podczas rejestracji w portalu {organization}. Konto z tym adresem już tam istnieje, dlatego nie utworzono nowego.",
            "Można zalogować się jak zwykle. W razie zapomnienia hasła można ustawić nowe na stronie logowania.",
        ],
        button: "Przejdź do logowania",
        why: "Ta wiadomość została wysłana, ponieważ podczas rejestracji podano ten adres. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    magic_link: Words {
        subject: "Link do logowania: {organization}",
        body: &["Oto link do logowania bez hasła w portalu {organization}."],
        button: "Zaloguj się",
        why: "Ta wiadomość została wysłana, ponieważ ktoś poprosił o link do logowania dla tego adresu. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni. Prosimy nie przekazywać jej nikomu: każdy, kto ma link, może zalogować się na to konto.",
    },
    password_reset: Words {
        subject: "Nowe hasło do portalu",
        body: &[
            "Otrzymaliśmy prośbę o ustawienie nowego hasła do konta w portalu {organization}.",
            "Po ustawieniu nowego hasła nastąpi wylogowanie na wszystkich urządzeniach.",
        ],
        button: "Ustaw nowe hasło",
        why: "Ta wiadomość została wysłana, ponieważ ktoś poprosił o nowe hasło dla tego adresu. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    invitation: Words {
        subject: "Zaproszenie do portalu {organization}",
        body: &[
            "{inviter} zaprasza do portalu {organization}.",
            "Aby przyjąć zaproszenie, wystarczy ustawić hasło. Konto będzie wtedy gotowe do użycia.",
        ],
        button: "Przyjmij zaproszenie",
        why: "Ta wiadomość została wysłana, ponieważ na ten adres wystawiono zaproszenie. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    staff_password_reset: Words {
        subject: "Nowe hasło do konta",
        body: &[
            "Otrzymaliśmy prośbę o ustawienie nowego hasła do konta pracowniczego w organizacji {organization}.",
            "Po ustawieniu nowego hasła nastąpi wylogowanie na wszystkich urządzeniach.",
        ],
        button: "Ustaw nowe hasło",
        why: "Ta wiadomość została wysłana, ponieważ ktoś poprosił o nowe hasło dla tego adresu. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    staff_invitation: Words {
        subject: "Zaproszenie do zespołu",
        body: &[
            "{inviter} zaprasza do zespołu organizacji {organization}. Konto pracownicze już czeka.",
            "Aby aktywować konto, wystarczy ustawić hasło.",
        ],
        button: "Aktywuj konto",
        why: "Ta wiadomość została wysłana, ponieważ na ten adres wystawiono zaproszenie. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    membership_invitation: Words {
        subject: "Zaproszenie do organizacji {organization}",
        body: &[
            "{inviter} zaprasza do współpracy z organizacją {organization}.",
            "Jeśli ten adres ma już konto pracownicze, jego hasło pozostaje bez zmian, a konto zyskuje dostęp także tutaj. Jeśli nie, wystarczy teraz ustawić hasło.",
        ],
        button: "Przyjmij zaproszenie",
        why: "Ta wiadomość została wysłana, ponieważ na ten adres wystawiono zaproszenie. Jeśli to pomyłka, wystarczy zignorować tę wiadomość; nic się nie zmieni.",
    },
    password_changed: Words {
        subject: "Hasło zostało zmienione",
        body: &[
            "Hasło do konta w organizacji {organization} zostało zmienione. Wszystkie zalogowane dotąd urządzenia zostały wylogowane.",
            "Jeśli zmiana była zamierzona, nie trzeba nic robić. W przeciwnym razie prosimy niezwłocznie ustawić nowe hasło na stronie logowania i powiadomić osobę kontaktową w organizacji {organization}.",
        ],
        button: "Sprawdź bezpieczeństwo konta",
        why: "Ta wiadomość została wysłana, ponieważ informujemy o wszystkim, co dotyczy bezpieczeństwa konta.",
    },
    account_locked: Words {
        subject: "Konto zostało tymczasowo zablokowane",
        body: &[
            "Po kilku nieudanych próbach logowania konto w organizacji {organization} zostało zablokowane na {lock}. Potem odblokuje się samo.",
            "Jeśli próby logowania nie były własne, ktoś mógł bezskutecznie zgadywać hasło. Jeśli to samo hasło służy także gdzie indziej, prosimy ustawić nowe.",
        ],
        button: "Sprawdź bezpieczeństwo konta",
        why: "Ta wiadomość została wysłana, ponieważ informujemy o wszystkim, co dotyczy bezpieczeństwa konta.",
    },
    new_device: Words {
        subject: "Nowe logowanie do konta",
        body: &[
            "Do konta w organizacji {organization} zalogowano się z urządzenia, którego dotąd nie znaliśmy.",
            "Jeśli było to własne logowanie, nie trzeba nic robić. W przeciwnym razie prosimy wylogować to urządzenie i niezwłocznie zmienić hasło.",
        ],
        button: "Sprawdź bezpieczeństwo konta",
        why: "Ta wiadomość została wysłana, ponieważ informujemy o wszystkim, co dotyczy bezpieczeństwa konta.",
    },
    address_changed: Words {
        subject: "Adres e-mail konta został zmieniony",
        body: &[
            "Adres e-mail konta w organizacji {organization} został zmieniony. Wiadomości dotyczące konta trafiają teraz na nowy adres, a nie na ten.",
            "Jeśli zmiana była zamierzona, nie trzeba nic robić. W przeciwnym razie prosimy niezwłocznie powiadomić osobę kontaktową w organizacji {organization}: może ona zakończyć sesje konta i przywrócić do niego dostęp.",
        ],
        button: "Sprawdź bezpieczeństwo konta",
        why: "Ta wiadomość została wysłana, ponieważ informujemy o wszystkim, co dotyczy bezpieczeństwa konta.",
    },
};
