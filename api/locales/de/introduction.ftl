## Vorgestellt werden, und fragen, wer helfen kann.

no-such-introduction = Diese Vorstellung gibt es nicht.
introduction-open = Sie haben schon gebeten, dieser Person vorgestellt zu werden; warten Sie auf eine Antwort, oder nehmen Sie die Bitte zurück.
introduced-to-yourself = Sich selbst müssen Sie nicht vorgestellt werden.
no-route = Über dieses Mitglied führt kein Weg zu dieser Person; wählen Sie einen der angezeigten Wege.
not-taking-introductions = Diese Person nimmt gerade keine Vorstellungen an; versuchen Sie es anders oder später.
too-many-introductions = { $most ->
    [one] Sie haben { $most } offene Vorstellung; warten Sie auf die Antwort, oder nehmen Sie sie zurück.
   *[other] Sie haben { $most } offene Vorstellungen; warten Sie auf Antworten, oder nehmen Sie eine zurück.
}
introduced-lately = Sie haben erst vor kurzem darum gebeten, dieser Person vorgestellt zu werden; lassen Sie etwas Zeit vergehen.
introduction-not-to-pass-on = Eine Vorstellung kann nur weitergeben, wer beide kennt, und nur einmal.
introduction-not-awaiting = Diese Vorstellung wartet nicht auf Ihre Antwort.
introduction-not-open = Diese Vorstellung ist nicht mehr offen.
introduction-gone = Diese Vorstellung ist nicht mehr möglich.
introduction-without-outcome = Was daraus wurde, sagen die beiden, die einander vorgestellt wurden, sobald angenommen ist.
introduction-outcome-said = Sie haben schon gesagt, was aus dieser Vorstellung wurde.
introductions-a-month = Wählen Sie eine Zahl von 1 bis 100.
pause-within-a-year = Eine Pause endet zu einem Zeitpunkt, der noch kommt, höchstens in einem Jahr.

no-such-ask = Diese Anfrage gibt es nicht.
too-many-asks = { $most ->
    [one] Sie haben { $most } offene Anfrage; schließen Sie sie zuerst.
   *[other] Sie haben { $most } offene Anfragen; schließen Sie zuerst eine.
}
ask-days = Eine Anfrage ist 1 bis 30 Tage offen.
nominate-a-tie = Nennen Sie jemanden, mit dem Sie verbunden sind, und nicht die Person, die fragt.
too-many-nominations = { $most ->
    [one] Sie haben für diese Anfrage schon { $most } Person genannt; das genügt.
   *[other] Sie haben für diese Anfrage schon { $most } Personen genannt; das genügt.
}
no-such-nomination = Diesen Vorschlag gibt es nicht.
nomination-not-open = Dieser Vorschlag wartet nicht auf Ihre Antwort.
nomination-gone = Dieser Vorschlag ist nicht mehr möglich.
