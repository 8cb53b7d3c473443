## Partners: access tokens, and their lists.

access-token-needs-scope = Nennen Sie mindestens einen Geltungsbereich: so wenig, wie der Partner braucht.
access-token-expiry = Ein Zugangsschlüssel endet in der Zukunft, spätestens in 366 Tagen.
access-token-overlap = Das alte Geheimnis kann höchstens 168 Stunden weiter gelten.
no-such-access-token = Diesen Zugangsschlüssel gibt es nicht.
access-token-is-over = Dieser Zugangsschlüssel gilt nicht mehr; legen Sie einen neuen an.
too-many-access-tokens = { $most ->
    [one] Ein Zugangsschlüssel kann zur selben Zeit gelten; widerrufen Sie ihn zuerst.
   *[other] { $most } Zugangsschlüssel können zur selben Zeit gelten; widerrufen Sie zuerst einen.
}

roster-rows = Eine Liste hat 1 bis { $most } Zeilen; senden Sie sie in Teilen.
roster-row-twice = Eine andere Zeile der Liste hat dies schon; senden Sie eine Zeile je Person.
roster-of-live-community = Über eine Liste können Menschen eingeladen werden, sobald die Gemeinschaft eröffnet ist.
