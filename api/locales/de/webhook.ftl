## Webhooks: wo Gemeinschaften Partnern sagen, was geschieht.

no-such-webhook = Diesen Webhook gibt es nicht.
no-such-delivery = Diese Zustellung gibt es nicht.
webhook-without-events = Bitte wählen Sie mindestens ein Ereignis.
too-many-webhooks = { $most ->
    [one] Die Gemeinschaft hat { $most } Webhook; bitte löschen Sie ihn zuerst.
   *[other] Die Gemeinschaft hat { $most } Webhooks; bitte löschen Sie zuerst einen.
}
not-a-receiver = Bitte geben Sie eine https-Adresse mit einem Host an, ohne Benutzer und ohne Fragment, am Port 443 oder ab 1024.
not-a-public-receiver = Diese Adresse führt nicht ins öffentliche Internet.
secrets-overlap = { $most ->
    [one] Das alte Geheimnis kann höchstens { $most } Stunde lang weiter unterschreiben.
   *[other] Das alte Geheimnis kann höchstens { $most } Stunden lang weiter unterschreiben.
}
webhook-not-enabled = Der Webhook ist angehalten oder abgeschaltet; bitte schalten Sie ihn zuerst ein.
replay-until-later = Das Ende muss nach dem Anfang liegen.
too-many-replays = { $most ->
    [one] Höchstens { $most } Zustellung wird auf einmal wiederholt; bitte wählen Sie einen kürzeren Zeitraum.
   *[other] Höchstens { $most } Zustellungen werden auf einmal wiederholt; bitte wählen Sie einen kürzeren Zeitraum.
}
