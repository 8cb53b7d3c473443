## Gatherings: planned, held, and who was there.

no-such-gathering = Dieses Treffen gibt es nicht.
gathering-cancelled = Dieses Treffen ist abgesagt; bitte planen Sie ein anderes.
gathering-not-yet = Es ist zu früh: Das ist ab zwei Stunden vor Beginn des Treffens möglich.
gathering-over = Dieses Treffen ist vorbei, das ist nicht mehr möglich.
gathering-not-then = Bitte geben Sie einen Beginn an, der höchstens ein Jahr zurück- und höchstens zwei Jahre vorausliegt.
gathering-ends-after-it-begins = Ein Treffen endet nach seinem Beginn, höchstens 14 Tage später.
not-a-time-zone = Das ist keine Zeitzone wie Europe/Lisbon.
too-many-gatherings = { $most ->
    [one] Die Gemeinschaft hat { $most } Treffen vor sich; warten Sie, bis es vorbei ist, oder sagen Sie es ab.
   *[other] Die Gemeinschaft hat { $most } Treffen vor sich; warten Sie, bis eines vorbei ist, oder sagen Sie eines ab.
}

too-many-at-once = { $most ->
    [one] Bitte nennen Sie höchstens { $most } Mitglied auf einmal.
   *[other] Bitte nennen Sie höchstens { $most } Mitglieder auf einmal.
}
only-members-attend = Nicht alle davon sind Mitglieder der Gemeinschaft; bitte halten Sie nur Mitglieder fest.
met-yourself = Das sind Sie selbst; bitte nennen Sie jemanden, den Sie dort getroffen haben.
both-must-attend = Sie müssen beide als Anwesende dieses Treffens festgehalten sein; bitte wenden Sie sich dafür an Verantwortliche.
