//! German, with „Sie“. The first sentence of a body follows the greeting's comma, hence its lower case.

use super::{Texts, Words};
use crate::mail::template::Validity;

fn duration(validity: Validity) -> String {
    match validity {
        Validity::Hours(1) => "1 Stunde".into(),
        Validity::Hours(n) => format!("{n} Stunden"),
        Validity::Minutes(1) => "1 Minute".into(),
        Validity::Minutes(n) => format!("{n} Minuten"),
    }
}

pub const TEXTS: Texts = Texts {
    greeting: "Guten Tag {name},",
    greeting_unnamed: "Guten Tag,",
    // Dative: it stands after „von“.
    unnamed_inviter: "einem Mitglied des Teams",
    bare_link: "Falls die Schaltfläche nicht funktioniert, öffnen Sie bitte diese Adresse in Ihrem Browser:",
    valid: "Der Link ist {validity} gültig und kann einmal verwendet werden.",
    duration,
    when: "Zeitpunkt",
    device: "Gerät",
    address: "IP-Adresse",
    verify_email: Words {
        subject: "Bestätigen Sie Ihr Portal-Konto",
        body: &[
            "für diese E-Mail-Adresse wurde im Portal von {organization} ein Konto angelegt. Bitte bestätigen Sie, dass die Adresse Ihnen gehört.",
            "Mit der Bestätigung wird auch das bei der Registrierung gewählte Passwort wirksam. Bestätigen Sie deshalb bitte nur, wenn Sie sich selbst registriert haben.",
        ],
        button: "E-Mail-Adresse bestätigen",
        why: "Sie erhalten diese E-Mail, weil diese Adresse bei einer Registrierung angegeben wurde. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    existing_account: Words {
        subject: "Sie haben bereits ein Portal-Konto",
        body: &[
            "jemand, vermutlich Sie selbst, wollte sich mit dieser E-Mail-Adresse im Portal von {organization} registrieren. Dort besteht bereits ein Konto für Sie; es wurde daher kein neues angelegt.",
            "Sie können sich wie gewohnt anmelden. Falls Sie Ihr Passwort nicht mehr wissen, können Sie auf der Anmeldeseite ein neues festlegen.",
        ],
        button: "Zur Anmeldung",
        why: "Sie erhalten diese E-Mail, weil diese Adresse bei einer Registrierung angegeben wurde. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    magic_link: Words {
        subject: "Ihr Anmeldelink für {organization}",
        body: &["mit diesem Link melden Sie sich ohne Passwort im Portal von {organization} an."],
        button: "Anmelden",
        why: "Sie erhalten diese E-Mail, weil für diese Adresse ein Anmeldelink angefordert wurde. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail einfach; es ändert sich nichts. Bitte leiten Sie sie nicht weiter: Wer den Link hat, kann sich in Ihrem Namen anmelden.",
    },
    password_reset: Words {
        subject: "Neues Passwort für Ihr Portal-Konto",
        body: &[
            "für Ihr Konto im Portal von {organization} wurde ein neues Passwort angefordert.",
            "Sobald Sie ein neues Passwort festgelegt haben, werden Sie auf allen Geräten abgemeldet.",
        ],
        button: "Neues Passwort festlegen",
        why: "Sie erhalten diese E-Mail, weil für diese Adresse ein neues Passwort angefordert wurde. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    invitation: Words {
        subject: "Einladung in das Portal von {organization}",
        body: &[
            "Sie wurden von {inviter} in das Portal von {organization} eingeladen.",
            "Um die Einladung anzunehmen, legen Sie bitte ein Passwort fest. Danach können Sie Ihr Konto sofort nutzen.",
        ],
        button: "Einladung annehmen",
        why: "Sie erhalten diese E-Mail, weil diese Adresse eingeladen wurde. Wenn Sie keine Einladung erwarten, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    staff_password_reset: Words {
        subject: "Setzen Sie Ihr Passwort zurück",
        body: &[
            "für Ihr Mitarbeiterkonto bei {organization} wurde ein neues Passwort angefordert.",
            "Sobald Sie ein neues Passwort festgelegt haben, werden Sie auf allen Geräten abgemeldet.",
        ],
        button: "Neues Passwort festlegen",
        why: "Sie erhalten diese E-Mail, weil für diese Adresse ein neues Passwort angefordert wurde. Wenn Sie das nicht waren, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    staff_invitation: Words {
        subject: "Sie wurden eingeladen",
        body: &[
            "Ihnen wurde von {inviter} ein Mitarbeiterkonto bei {organization} eingerichtet.",
            "Um das Konto zu aktivieren, legen Sie bitte ein Passwort fest.",
        ],
        button: "Konto aktivieren",
        why: "Sie erhalten diese E-Mail, weil diese Adresse eingeladen wurde. Wenn Sie keine Einladung erwarten, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    membership_invitation: Words {
        subject: "Sie wurden zu {organization} eingeladen",
        body: &[
            "Sie wurden von {inviter} eingeladen, bei {organization} mitzuarbeiten.",
            "Wenn es zu dieser Adresse schon ein Mitarbeiterkonto gibt, behält es sein Passwort und kann künftig auch hier arbeiten. Wenn nicht, legen Sie jetzt ein Passwort fest.",
        ],
        button: "Einladung annehmen",
        why: "Sie erhalten diese E-Mail, weil diese Adresse eingeladen wurde. Wenn Sie keine Einladung erwarten, ignorieren Sie diese E-Mail einfach; es ändert sich nichts.",
    },
    password_changed: Words {
        subject: "Ihr Passwort wurde geändert",
        body: &[
            "das Passwort Ihres Kontos bei {organization} wurde geändert. Alle bis dahin angemeldeten Geräte wurden abgemeldet.",
            "Wenn Sie das waren, müssen Sie nichts weiter tun. Andernfalls legen Sie bitte sofort auf der Anmeldeseite ein neues Passwort fest und informieren Sie Ihre Kontaktperson bei {organization}.",
        ],
        button: "Kontosicherheit prüfen",
        why: "Sie erhalten diese E-Mail, weil wir Sie über alles informieren, was die Sicherheit Ihres Kontos betrifft.",
    },
    account_locked: Words {
        subject: "Ihr Konto ist vorübergehend gesperrt",
        body: &[
            "Ihr Konto bei {organization} ist nach mehreren fehlgeschlagenen Anmeldeversuchen für {lock} gesperrt. Danach wird es von selbst wieder freigegeben.",
            "Wenn Sie das nicht waren, hat möglicherweise jemand erfolglos versucht, Ihr Passwort zu erraten. Falls Sie dasselbe Passwort auch anderswo verwenden, wählen Sie bitte ein neues.",
        ],
        button: "Kontosicherheit prüfen",
        why: "Sie erhalten diese E-Mail, weil wir Sie über alles informieren, was die Sicherheit Ihres Kontos betrifft.",
    },
    new_device: Words {
        subject: "Neue Anmeldung bei Ihrem Konto",
        body: &[
            "für Ihr Konto bei {organization} gab es eine Anmeldung von einem Gerät, das wir bisher nicht kannten.",
            "Wenn Sie das waren, müssen Sie nichts weiter tun. Andernfalls melden Sie dieses Gerät bitte ab und ändern Sie sofort Ihr Passwort.",
        ],
        button: "Kontosicherheit prüfen",
        why: "Sie erhalten diese E-Mail, weil wir Sie über alles informieren, was die Sicherheit Ihres Kontos betrifft.",
    },
    address_changed: Words {
        subject: "Die E-Mail-Adresse Ihres Kontos wurde geändert",
        body: &[
            "die E-Mail-Adresse Ihres Kontos bei {organization} wurde geändert. E-Mails zum Konto gehen ab jetzt an die neue Adresse und nicht mehr an diese.",
            "Wenn Sie das waren, müssen Sie nichts weiter tun. Andernfalls informieren Sie bitte sofort Ihre Kontaktperson bei {organization}: Dort können die Sitzungen des Kontos beendet und das Konto an Sie zurückgegeben werden.",
        ],
        button: "Kontosicherheit prüfen",
        why: "Sie erhalten diese E-Mail, weil wir Sie über alles informieren, was die Sicherheit Ihres Kontos betrifft.",
    },
};
