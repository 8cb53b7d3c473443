## Accounts: coming in, staying signed in, and the credentials of it.

code-not-right = Dieser Code stimmt nicht oder ist abgelaufen. Prüfen Sie ihn oder fordern Sie einen neuen an.
password-not-right = Die Adresse oder das Passwort stimmt nicht.
password-too-short = { $least ->
    [one] Ein Passwort hat mindestens { $least } Zeichen.
   *[other] Ein Passwort hat mindestens { $least } Zeichen.
}
password-too-long = { $most ->
    [one] Ein Passwort hat höchstens { $most } Byte.
   *[other] Ein Passwort hat höchstens { $most } Bytes.
}
proof-required = Ihre Anmeldung liegt eine Weile zurück: Bestätigen Sie mit einem Code oder Ihrem Passwort, wer Sie sind.
too-many-attempts = Zu viele Versuche; warten Sie ein wenig bis zum nächsten.
email-taken = Mit dieser Adresse gibt es schon ein Konto; melden Sie sich an.
no-account = Mit dieser Adresse gibt es noch kein Konto; registrieren Sie sich.
account-suspended = Dieses Konto ist gesperrt. Schreiben Sie denen, die diesen Dienst betreiben.
session-ended = Diese Sitzung ist beendet; melden Sie sich neu an.
no-such-session = Diese Sitzung gibt es nicht.
not-for-support = Das darf der Support nicht für ein Mitglied tun.

invitation-required = Sie brauchen eine Einladung von jemandem, der Sie kennt.
invitation-not-good = Diese Einladung gilt nicht: vertippt, schon benutzt oder abgelaufen. Bitten Sie um eine neue.
invitation-yourself = Das ist Ihre eigene Einladung; geben Sie sie jemand anderem.
invitation-not-open = Nur eine offene Einladung lässt sich zurücknehmen.
no-such-invitation = Diese Einladung gibt es nicht.
too-many-invitations = { $most ->
    [one] Sie haben { $most } offene Einladung; nehmen Sie sie zurück, oder warten Sie, bis sie benutzt oder abgelaufen ist.
   *[other] Sie haben { $most } offene Einladungen; nehmen Sie eine zurück, oder warten Sie, bis eine benutzt oder abgelaufen ist.
}
claim-code-not-good = Dieser Code gilt nicht: vertippt oder schon benutzt.

export-first = Exportieren Sie zuerst Ihr Konto, oder geben Sie an, dass Sie ohne Export gehen.
