//! App tokens that were handed out a moment ago, so that a page with thirty requests is signed for once.
//!
//! One is handed out again only for the very access token it was made from, to an app that has not changed, while the
//! signing keys are the same, and for a twentieth of its life: the app always gets one that is good for nearly all of it.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use crate::{
    domain::{
        app::App,
        id::{self, Id},
        time::{Millis, SECOND},
    },
    signing::verified::Fingerprint,
};

/// Above this, an isolate starts over.
const MAX: usize = 4_096;
const SHARE: i64 = 20;

struct Kept {
    app: App,
    keys: i64,
    until: Millis,
    token: Rc<str>,
}

#[derive(Default)]
pub struct Minted(RefCell<HashMap<(Fingerprint, Id<id::App>), Kept>>);

impl Minted {
    pub fn find(&self, of: Fingerprint, app: &App, keys: i64, now: Millis) -> Option<Rc<str>> {
        let kept = self.0.borrow();
        kept.get(&(of, app.id)).filter(|one| one.until > now && one.keys == keys && one.app == *app).map(|one| one.token.clone())
    }

    /// `life` in seconds.
    pub fn remember(&self, of: Fingerprint, app: &App, keys: i64, now: Millis, life: i64, token: String) -> Rc<str> {
        let token: Rc<str> = token.into();
        let mut kept = self.0.borrow_mut();
        if kept.len() >= MAX {
            kept.clear();
        }
        kept.insert((of, app.id), Kept { app: app.clone(), keys, until: now.plus(life * SECOND / SHARE), token: token.clone() });
        token
    }
}
