## Whoever is a member, and what they say of themselves.

no-such-member = Dieses Mitglied gibt es nicht.
no-member-called = Kein Mitglied heißt { $handle }.
handle-taken = Dieser Benutzername ist schon vergeben; bitte wählen Sie einen anderen.
not-clearable = Dieses Feld kann nicht geleert werden; lassen Sie es weg, um es zu behalten.
too-many-skills = { $most ->
    [one] Bitte nennen Sie höchstens { $most } Fähigkeit.
   *[other] Bitte nennen Sie höchstens { $most } Fähigkeiten.
}
