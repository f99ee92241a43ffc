//! scrypt (RFC 7914).

use scrypt::Params;
use subtle::ConstantTimeEq;

use super::{
    Kind,
    text::{base64, bytes, fit, hex, named, number},
};
use crate::domain::secret::Password;

#[derive(Clone)]
pub struct Scrypt {
    log_n: u32,
    r: u32,
    p: u32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

pub fn parse(text: &str) -> Result<Scrypt, String> {
    let found = if let Some(rest) = text.strip_prefix("$scrypt$") {
        phc(rest)
    } else if let Some(rest) = text.strip_prefix("scrypt$") {
        django(rest)
    } else if let Some(rest) = text.strip_prefix("scrypt:") {
        werkzeug(rest)
    } else {
        None
    };
    let found = found.ok_or("Not an scrypt hash in a form that is known here")?;
    fit(&found.salt, &found.hash)?;
    Ok(found)
}

/// `ln=14,r=8,p=1$salt$hash`.
fn phc(rest: &str) -> Option<Scrypt> {
    let mut parts = rest.split('$');
    let (costs, salt, hash) = (parts.next()?, parts.next()?, parts.next()?);
    let mut costs = costs.split(',');
    let (log_n, r, p) = (named(costs.next()?, "ln")?, named(costs.next()?, "r")?, named(costs.next()?, "p")?);
    let whole = parts.next().is_none() && costs.next().is_none();
    whole.then_some(())?;
    Some(Scrypt { log_n, r, p, salt: bytes(salt)?, hash: bytes(hash)? })
}

/// `16384$salt$8$1$hash`, the salt as it stands.
fn django(rest: &str) -> Option<Scrypt> {
    let [n, salt, r, p, hash]: [&str; 5] = rest.split('$').collect::<Vec<_>>().try_into().ok()?;
    Some(Scrypt { log_n: log2(n)?, r: number(r)?, p: number(p)?, salt: salt.as_bytes().to_vec(), hash: bytes(hash)? })
}

/// `32768:8:1$salt$hex`, the salt as it stands.
fn werkzeug(rest: &str) -> Option<Scrypt> {
    let [costs, salt, hash]: [&str; 3] = rest.split('$').collect::<Vec<_>>().try_into().ok()?;
    let [n, r, p]: [&str; 3] = costs.split(':').collect::<Vec<_>>().try_into().ok()?;
    Some(Scrypt { log_n: log2(n)?, r: number(r)?, p: number(p)?, salt: salt.as_bytes().to_vec(), hash: hex(hash)? })
}

fn log2(n: &str) -> Option<u32> {
    number(n).filter(|n| n.is_power_of_two()).map(u32::trailing_zeros)
}

impl Scrypt {
    pub const fn kind(&self) -> Kind {
        Kind::Scrypt { log_n: self.log_n, r: self.r, p: self.p }
    }

    pub fn canonical(&self) -> String {
        format!("$scrypt$ln={},r={},p={}${}${}", self.log_n, self.r, self.p, base64(&self.salt), base64(&self.hash))
    }

    pub fn matches(&self, password: &Password) -> bool {
        derive(password, (self.log_n, self.r, self.p), &self.salt, self.hash.len()).is_some_and(|found| found.ct_eq(&self.hash).into())
    }
}

/// `None` for costs that no scrypt takes.
pub fn derive(password: &Password, (log_n, r, p): (u32, u32, u32), salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let params = Params::new(u8::try_from(log_n).ok()?, r, p, 32).ok()?;
    let mut out = vec![0; length];
    scrypt::scrypt(password.reveal().as_bytes(), salt, &params, &mut out).ok()?;
    Some(out)
}

pub fn spend(password: &Password, costs: (u32, u32, u32)) {
    std::hint::black_box(derive(password, costs, &[7; 16], 32));
}
