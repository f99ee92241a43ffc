//! Spanish, with «usted».

use super::{Texts, Words};
use crate::mail::template::Validity;

fn duration(validity: Validity) -> String {
    match validity {
        Validity::Hours(1) => "1 hora".into(),
        Validity::Hours(n) => format!("{n} horas"),
        Validity::Minutes(1) => "1 minuto".into(),
        Validity::Minutes(n) => format!("{n} minutos"),
    }
}

pub const TEXTS: Texts = Texts {
    greeting: "Hola, {name}:",
    greeting_unnamed: "Hola:",
    unnamed_inviter: "una persona del equipo",
    bare_link: "Si el botón no funciona, abra esta dirección en su navegador:",
    valid: "El enlace es válido durante {validity} y puede utilizarse una sola vez.",
    duration,
    when: "Fecha y hora",
    device: "Dispositivo",
    address: "Dirección IP",
    verify_email: Words {
        subject: "Verifique su cuenta del portal",
        body: &[
            "Se ha creado una cuenta con esta dirección de correo electrónico en el portal de {organization}. Confirme, por favor, que la dirección es suya.",
            "Al confirmarla también se activa la contraseña elegida durante el registro. Por eso, confirme solo si se ha registrado usted.",
        ],
        button: "Confirmar dirección de correo",
        why: "Recibe este correo porque esta dirección se indicó en un registro. Si no lo ha solicitado, ignore este mensaje; no cambiará nada.",
    },
    existing_account: Words {
        subject: "Ya tiene una cuenta del portal",
        body: &[
            "Alguien, probablemente usted, ha intentado registrarse con esta dirección de correo electrónico en el portal de {organization}. Ya tiene una cuenta allí, por lo que no se ha creado ninguna nueva.",
            "Puede iniciar sesión como siempre. Si no recuerda su contraseña, puede establecer una nueva desde la página de inicio de sesión.",
        ],
        button: "Ir al inicio de sesión",
        why: "Recibe este correo porque esta dirección se indicó en un registro. Si no lo ha solicitado, ignore este mensaje; no cambiará nada.",
    },
    magic_link: Words {
        subject: "Su enlace de acceso a {organization}",
        body: &["Este es su enlace para iniciar sesión sin contraseña en el portal de {organization}."],
        button: "Iniciar sesión",
        why: "Recibe este correo porque se ha solicitado un enlace de acceso para esta dirección. Si no lo ha solicitado, ignore este mensaje; no cambiará nada. No lo reenvíe: quien tenga el enlace podrá iniciar sesión en su nombre.",
    },
    password_reset: Words {
        subject: "Restablezca su contraseña del portal",
        body: &[
            "Hemos recibido una solicitud para establecer una nueva contraseña de su cuenta en el portal de {organization}.",
            "Cuando haya elegido una nueva contraseña, se cerrará la sesión en todos sus dispositivos.",
        ],
        button: "Elegir una nueva contraseña",
        why: "Recibe este correo porque se ha solicitado una nueva contraseña para esta dirección. Si no lo ha solicitado, ignore este mensaje; no cambiará nada.",
    },
    invitation: Words {
        subject: "Invitación al portal de {organization}",
        body: &[
            "Ha recibido una invitación de {inviter} para acceder al portal de {organization}.",
            "Para aceptarla, elija una contraseña. A continuación podrá utilizar su cuenta.",
        ],
        button: "Aceptar la invitación",
        why: "Recibe este correo porque se ha enviado una invitación a esta dirección. Si no esperaba ninguna invitación, ignore este mensaje; no cambiará nada.",
    },
    staff_password_reset: Words {
        subject: "Restablezca su contraseña",
        body: &[
            "Hemos recibido una solicitud para establecer una nueva contraseña de su cuenta de personal en {organization}.",
            "Cuando haya elegido una nueva contraseña, se cerrará la sesión en todos sus dispositivos.",
        ],
        button: "Elegir una nueva contraseña",
        why: "Recibe este correo porque se ha solicitado una nueva contraseña para esta dirección. Si no lo ha solicitado, ignore este mensaje; no cambiará nada.",
    },
    staff_invitation: Words {
        subject: "Ha recibido una invitación",
        body: &[
            "Ha recibido una invitación de {inviter}: tiene una cuenta de personal preparada en {organization}.",
            "Para activarla, elija una contraseña.",
        ],
        button: "Activar la cuenta",
        why: "Recibe este correo porque se ha enviado una invitación a esta dirección. Si no esperaba ninguna invitación, ignore este mensaje; no cambiará nada.",
    },
    membership_invitation: Words {
        subject: "Invitación a {organization}",
        body: &[
            "Ha recibido una invitación de {inviter} para trabajar con {organization}.",
            "Si esta dirección ya tiene una cuenta de personal, conserva su contraseña y podrá usarse también aquí. Si no la tiene, elija ahora una contraseña.",
        ],
        button: "Aceptar la invitación",
        why: "Recibe este correo porque se ha enviado una invitación a esta dirección. Si no esperaba ninguna invitación, ignore este mensaje; no cambiará nada.",
    },
    password_changed: Words {
        subject: "Se ha cambiado su contraseña",
        body: &[
            "Se ha cambiado la contraseña de su cuenta en {organization}. Se ha cerrado la sesión en todos los dispositivos que estaban conectados hasta ese momento.",
            "Si ha sido usted, no tiene que hacer nada. De lo contrario, establezca de inmediato una nueva contraseña desde la página de inicio de sesión y avise a su persona de contacto en {organization}.",
        ],
        button: "Revisar la seguridad de la cuenta",
        why: "Recibe este correo porque le informamos de todo lo que afecta a la seguridad de su cuenta.",
    },
    account_locked: Words {
        subject: "Su cuenta está bloqueada temporalmente",
        body: &[
            "Tras varios intentos fallidos de inicio de sesión, su cuenta en {organization} ha quedado bloqueada durante {lock}. Después se desbloqueará automáticamente.",
            "Si no ha sido usted, es posible que alguien haya intentado adivinar su contraseña sin conseguirlo. Si utiliza la misma contraseña en otros sitios, elija una nueva.",
        ],
        button: "Revisar la seguridad de la cuenta",
        why: "Recibe este correo porque le informamos de todo lo que afecta a la seguridad de su cuenta.",
    },
    new_device: Words {
        subject: "Nuevo inicio de sesión en su cuenta",
        body: &[
            "Se ha iniciado sesión en su cuenta en {organization} desde un dispositivo que no conocíamos.",
            "Si ha sido usted, no tiene que hacer nada. De lo contrario, cierre la sesión de ese dispositivo y cambie su contraseña de inmediato.",
        ],
        button: "Revisar la seguridad de la cuenta",
        why: "Recibe este correo porque le informamos de todo lo que afecta a la seguridad de su cuenta.",
    },
    address_changed: Words {
        subject: "Se ha cambiado la dirección de correo de su cuenta",
        body: &[
            "Se ha cambiado la dirección de correo de su cuenta en {organization}. Los correos sobre la cuenta se envían ahora a la nueva dirección y ya no a esta.",
            "Si ha sido usted, no tiene que hacer nada. De lo contrario, avise de inmediato a su persona de contacto en {organization}: allí pueden cerrar las sesiones de la cuenta y devolvérsela.",
        ],
        button: "Revisar la seguridad de la cuenta",
        why: "Recibe este correo porque le informamos de todo lo que afecta a la seguridad de su cuenta.",
    },
};
