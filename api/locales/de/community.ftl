## Communities: their charter, what it takes to go live, who belongs to them and who looks after them.

no-such-community = Diese Gemeinschaft gibt es nicht.
members-only = Das dürfen nur Mitglieder der Gemeinschaft; treten Sie ihr zuerst bei.
stewards-only = Das dürfen nur Verantwortliche der Gemeinschaft; bitte wenden Sie sich an sie.
community-rests = Diese Gemeinschaft ruht oder ist archiviert, in ihr ändert sich nichts. Ruht sie, können Verantwortliche sie wiederbeleben.
not-at-this-stage = Die Gemeinschaft ist nicht in dem Stadium, in dem das möglich ist.
slug-taken = Dieser Name für Adressen ist schon vergeben; bitte wählen Sie einen anderen.
too-many-forming = { $most ->
    [one] Sie gründen schon { $most } Gemeinschaft; bitte eröffnen oder archivieren Sie sie zuerst.
   *[other] Sie gründen schon { $most } Gemeinschaften; bitte eröffnen oder archivieren Sie erst eine.
}
fewer-than = weniger als { $count }

vouches-1-to-5 = Bitte verlangen Sie 1 bis 5 Bürgschaften.
too-many-lines = { $most ->
    [one] Bitte schreiben Sie höchstens { $most } Eintrag.
   *[other] Bitte schreiben Sie höchstens { $most } Einträge.
}
charter-not-at-this-stage = Gründungsmitglieder ratifizieren die Charta, während die Gemeinschaft entsteht; Mitglieder stimmen ihr zu, sobald sie eröffnet ist.
charter-changed = In Kraft ist Version { $version } der Charta; bitte lesen Sie sie und stimmen Sie dieser zu.
consent-due = Die Charta hat sich geändert; bitte stimmen Sie ihr zuerst zu.

ready-purpose = Zweck
ready-purpose-hint = Sagen Sie in der Charta, wofür die Gemeinschaft da ist.
ready-failure = Mangel, auf den sie antwortet
ready-failure-hint = Sagen Sie in der Charta, auf welchen Mangel des Offline-Lebens die Gemeinschaft antwortet.
ready-agreements = Vereinbarungen
ready-agreements-hint = Schreiben Sie mindestens eine Vereinbarung in die Charta: wie die Mitglieder miteinander umgehen.
ready-charter = Ratifizierte Charta
ready-charter-hint = { $missing ->
    [0] Alle Gründungsmitglieder haben die geltende Charta ratifiziert.
    [one] Noch { $missing } Gründungsmitglied muss die geltende Charta ratifizieren.
   *[other] Noch { $missing } Gründungsmitglieder müssen die geltende Charta ratifizieren.
}
ready-founders = Gründungsmitglieder
ready-founders-hint = { $missing ->
    [0] Es gibt genug Gründungsmitglieder.
    [one] Laden Sie noch { $missing } Gründungsmitglied ein.
   *[other] Laden Sie noch { $missing } Gründungsmitglieder ein.
}
ready-connected = Verbundene Gründungsmitglieder
ready-connected-hint = { $groups ->
    [0] Es gibt noch keine Gründungsmitglieder; laden Sie welche ein.
    [one] Alle Gründungsmitglieder erreichen einander über ihre Verbindungen.
   *[other] Die Gründungsmitglieder bilden { $groups } Gruppen ohne Verbindung untereinander; knüpfen Sie Verbindungen von einer zur anderen.
}
ready-ties = Verbindungen unter den Gründungsmitgliedern
ready-ties-hint = { $missing ->
    [0] Unter den jetzigen Gründungsmitgliedern fehlt keine Verbindung.
    [one] Knüpfen Sie noch { $missing } Verbindung unter den Gründungsmitgliedern.
   *[other] Knüpfen Sie noch { $missing } Verbindungen unter den Gründungsmitgliedern.
}
ready-goal = Verstandenes Ziel
ready-goal-hint = { $needed ->
    [one] Schlagen Sie ein Ziel vor; mindestens { $needed } Gründungsmitglied muss es in eigenen Worten sagen.
   *[other] Schlagen Sie ein Ziel vor; mindestens { $needed } Gründungsmitglieder müssen es in eigenen Worten sagen.
}
ready-gathering = Abgehaltenes Treffen
ready-gathering-hint = Treffen Sie sich und halten Sie fest, wer da war: Es braucht { $needed ->
    [one] mindestens { $needed } Gründungsmitglied
   *[other] mindestens { $needed } Gründungsmitglieder
} bei einem Treffen, das höchstens { $days ->
    [one] { $days } Tag
   *[other] { $days } Tage
} her ist.

invite-your-ties = Bitte laden Sie nur Mitglieder ein, mit denen Sie verbunden sind; knüpfen Sie zuerst die Verbindung.
already-member = Es gibt schon eine Mitgliedschaft oder eine offene Einladung oder Bewerbung.
removed-for-good = Diese Person kann nicht in diese Gemeinschaft eingeladen werden.
community-full = { $most ->
    [one] Die Gemeinschaft hat { $most } Platz, belegt durch ein Mitglied, eine Einladung oder eine Bewerbung; warten Sie, bis er frei wird.
   *[other] Die Gemeinschaft hat { $most } Plätze, alle belegt durch Mitglieder, Einladungen und Bewerbungen; warten Sie, bis einer frei wird.
}
not-invited = Sie haben keine offene Einladung in diese Gemeinschaft; bitten Sie ein Mitglied um eine.
not-an-open-invitation = Diese Einladung ist nicht mehr offen und lässt sich nicht zurücknehmen.

by-invitation-only = Diese Gemeinschaft nimmt keine Bewerbungen an; bitten Sie ein Mitglied um eine Einladung.
answer-each-question = { $questions ->
    [0] Die Charta stellt keine Fragen; lassen Sie die Antworten weg.
    [one] Bitte beantworten Sie die Frage der Charta.
   *[other] Bitte beantworten Sie jede der { $questions } Fragen der Charta.
}
not-an-open-application = Es gibt keine offene Bewerbung: Sie ist beantwortet, zurückgezogen oder abgelaufen.
not-by-vouching = In dieser Gemeinschaft entscheiden Verantwortliche über Bewerbungen; niemand muss bürgen.
vouch-for-your-ties = Bitte bürgen Sie nur für Mitglieder, mit denen Sie verbunden sind; knüpfen Sie zuerst die Verbindung.

not-a-member = Diese Person gehört nicht zur Gemeinschaft.
no-such-membership = Diese Mitgliedschaft gibt es nicht.
last-steward = Eine Gemeinschaft hat immer Verantwortliche; bitte benennen Sie zuerst jemand anderen.
leave-instead = Das sind Sie selbst; um zu gehen, verlassen Sie stattdessen die Gemeinschaft.
