## Ties, claims and blocks: who knows whom, who says so, and who wishes not to.

no-such-tie = Diese Verbindung gibt es nicht.
tie-not-awaiting = Diese Verbindung wartet nicht mehr auf eine Antwort.
tie-not-active = Nur eine aktive Verbindung kann beendet werden.
too-many-ties = { $most ->
    [one] Einer von Ihnen beiden hat schon { $most } Verbindung, mehr kann ein Mitglied nicht haben. Bitte beenden Sie erst eine.
   *[other] Einer von Ihnen beiden hat schon { $most } Verbindungen, mehr kann ein Mitglied nicht haben. Bitte beenden Sie erst eine.
}

no-such-claim = Diese Anfrage gibt es nicht.
claim-not-open = Nur eine offene Anfrage kann zurückgezogen werden.
claim-yourself = Das sind Sie selbst; bitte nennen Sie jemand anderen.
claim-blocked = Sie haben dieses Mitglied blockiert; bitte heben Sie das zuerst auf.
already-tied = Sie sind bereits verbunden.
too-many-claims = { $most ->
    [one] Sie haben in 24 Stunden { $most } Anfrage gestellt; die nächste ist später möglich.
   *[other] Sie haben in 24 Stunden { $most } Anfragen gestellt; die nächste ist später möglich.
}

no-such-block = Diese Blockierung gibt es nicht.
block-yourself = Sie können sich nicht selbst blockieren.
