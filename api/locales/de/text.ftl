## What people write: its length and its form.

empty = Dieses Feld darf nicht leer sein.
too-long = Dieser Text hat { $length } Zeichen; bitte kürzen Sie ihn auf { $most }.
control-characters = Dieser Text enthält Steuerzeichen; bitte entfernen Sie sie.
not-a-handle = Ein Benutzername hat 3 bis 40 Zeichen: Buchstaben von a bis z, Ziffern und, im Inneren, Bindestriche.
not-an-email = Das ist keine E-Mail-Adresse wie ana@example.org.
not-a-phone-number = Bitte geben Sie die Nummer mit ihrer Landesvorwahl an, zum Beispiel +33 1 23 45 67 89.
not-an-https-address = Bitte geben Sie eine Adresse an, die mit https:// beginnt.
not-a-date = Das ist kein Datum wie 2026-11-25.
