//! English.

use super::{Texts, Words};
use crate::mail::template::Validity;

fn duration(validity: Validity) -> String {
    match validity {
        Validity::Hours(1) => "1 hour".into(),
        Validity::Hours(n) => format!("{n} hours"),
        Validity::Minutes(1) => "1 minute".into(),
        Validity::Minutes(n) => format!("{n} minutes"),
    }
}

pub const TEXTS: Texts = Texts {
    greeting: "Hello {name},",
    greeting_unnamed: "Hello,",
    unnamed_inviter: "Someone from the team",
    bare_link: "If the button does not work, open this address in your browser:",
    valid: "The link is valid for {validity} and can be used once.",
    duration,
    when: "When",
    device: "Device",
    address: "IP address",
    // Subjects of this, the next and the two staff mails are contractual: integrations match them.
    verify_email: Words {
        subject: "Verify your portal account",
        body: &[
            "An account for this e-mail address was created on the {organization} portal. Please confirm that the address is yours.",
            "Confirming also activates the password that was chosen at sign-up, so please confirm only if you signed up yourself.",
        ],
        button: "Confirm e-mail address",
        why: "You are receiving this mail because this address was entered at sign-up. If you did not ask for this, ignore this mail; nothing changes.",
    },
    existing_account: Words {
        subject: "You already have a portal account",
        body: &[
            "Someone, probably you, tried to sign up on the {organization} portal with this e-mail address. You already have an account there, so no new one was created.",
            "You can sign in as usual. If you no longer know your password, you can set a new one from the sign-in page.",
        ],
        button: "Go to sign-in",
        why: "You are receiving this mail because this address was entered at sign-up. If you did not ask for this, ignore this mail; nothing changes.",
    },
    magic_link: Words {
        subject: "Your sign-in link for {organization}",
        body: &["Here is your link to sign in to the {organization} portal without a password."],
        button: "Sign in",
        why: "You are receiving this mail because a sign-in link was requested for this address. If you did not ask for this, ignore this mail; nothing changes. Please do not forward it: whoever has the link can sign in as you.",
    },
    password_reset: Words {
        subject: "Reset your portal password",
        body: &[
            "We received a request to set a new password for your account on the {organization} portal.",
            "Once you have chosen a new password, you will be signed out on all devices.",
        ],
        button: "Choose a new password",
        why: "You are receiving this mail because a new password was requested for this address. If you did not ask for this, ignore this mail; nothing changes.",
    },
    invitation: Words {
        subject: "Invitation to the {organization} portal",
        body: &[
            "{inviter} has invited you to the {organization} portal.",
            "To accept the invitation, choose a password. Your account is then ready to use.",
        ],
        button: "Accept invitation",
        why: "You are receiving this mail because this address was invited. If you were not expecting an invitation, ignore this mail; nothing changes.",
    },
    staff_password_reset: Words {
        subject: "Reset your password",
        body: &[
            "We received a request to set a new password for your staff account at {organization}.",
            "Once you have chosen a new password, you will be signed out on all devices.",
        ],
        button: "Choose a new password",
        why: "You are receiving this mail because a new password was requested for this address. If you did not ask for this, ignore this mail; nothing changes.",
    },
    staff_invitation: Words {
        subject: "You have been invited",
        body: &["{inviter} has set up a staff account for you at {organization}.", "To activate the account, choose a password."],
        button: "Activate account",
        why: "You are receiving this mail because this address was invited. If you were not expecting an invitation, ignore this mail; nothing changes.",
    },
    membership_invitation: Words {
        subject: "You have been invited to {organization}",
        body: &[
            "{inviter} has invited you to work with {organization}.",
            "If you have a staff account with this address already, it keeps its password and can go to one more place. If you have none, you choose a password now.",
        ],
        button: "Accept invitation",
        why: "You are receiving this mail because this address was invited. If you were not expecting an invitation, ignore this mail; nothing changes.",
    },
    password_changed: Words {
        subject: "Your password was changed",
        body: &[
            "The password of your account at {organization} was changed. All devices that were signed in until then have been signed out.",
            "If that was you, there is nothing to do. If it was not, set a new password from the sign-in page right away and let your contact at {organization} know.",
        ],
        button: "Check account security",
        why: "You are receiving this mail because we report everything that concerns the security of your account.",
    },
    account_locked: Words {
        subject: "Your account is temporarily locked",
        body: &[
            "After several failed sign-in attempts, your account at {organization} is locked for {lock}. It then opens again by itself.",
            "If that was not you, someone may have tried to guess your password, without success. If you use the same password elsewhere, please choose a new one.",
        ],
        button: "Check account security",
        why: "You are receiving this mail because we report everything that concerns the security of your account.",
    },
    new_device: Words {
        subject: "New sign-in to your account",
        body: &[
            "Someone signed in to your account at {organization} from a device that we have not seen before.",
            "If that was you, there is nothing to do. If it was not, sign that device out and change your password right away.",
        ],
        button: "Check account security",
        why: "You are receiving this mail because we report everything that concerns the security of your account.",
    },
    address_changed: Words {
        subject: "The e-mail address of your account was changed",
        body: &[
            "The e-mail address of your account at {organization} was changed. Mails about the account now go to the new address, and no longer to this one.",
            "If that was you, there is nothing to do. If it was not, let your contact at {organization} know right away: they can end the sessions of the account and give it back to you.",
        ],
        button: "Check account security",
        why: "You are receiving this mail because we report everything that concerns the security of your account.",
    },
};
