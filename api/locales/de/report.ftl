## Reports: which agreement was broken, and what is decided about it.

no-such-report = Diese Meldung gibt es nicht.
nothing-to-report = Dieses Mitglied oder Ziel gibt es in dieser Gemeinschaft nicht.
report-yourself = Sie können weder sich selbst noch ein eigenes Ziel melden.
no-such-agreement = { $agreements ->
    [0] Die Charta hat noch keine Vereinbarungen, also lässt sich keine nennen.
    [one] Die Charta hat { $agreements } Vereinbarung; bitte nennen Sie sie mit der Nummer 1.
   *[other] Die Charta hat { $agreements } Vereinbarungen; bitte nennen Sie eine mit ihrer Nummer, von 1 bis { $agreements }.
}
reported-already = Das haben Sie schon gemeldet; bitte warten Sie die Entscheidung ab.
too-many-reports = { $most ->
    [one] Sie haben in dieser Gemeinschaft { $most } offene Meldung; warten Sie, bis über sie entschieden ist.
   *[other] Sie haben in dieser Gemeinschaft { $most } offene Meldungen; warten Sie, bis über eine entschieden ist.
}
report-decided = Über diese Meldung ist schon entschieden.
