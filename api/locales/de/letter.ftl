## Letters: what is told by e-mail. A code is in the subject, which phones show, and alone on its line.

letter-sign-in-code-subject = { $code } ist Ihr Code für Kith
letter-sign-in-code =
    Ihr Code, um sich bei Kith anzumelden:

    { $code }

    Er gilt einmal und { $minutes } Minuten lang. Niemand von Kith wird Sie je danach fragen.

    Wenn Sie keinen Code angefordert haben, brauchen Sie nichts zu tun: Ohne ihn kann sich niemand anmelden. Geben Sie ihn nicht weiter.

letter-old-address-code-subject = { $code } ist Ihr Code, um Ihre Adresse bei Kith zu ändern
letter-old-address-code =
    Ihr Konto bei Kith soll eine neue E-Mail-Adresse bekommen: { $address }. Wenn Sie einverstanden sind, geben Sie diesen Code ein:

    { $code }

    Er gilt einmal und { $minutes } Minuten lang. Niemand von Kith wird Sie je danach fragen.

    Wenn das nicht von Ihnen kommt, geben Sie den Code nicht weiter: Ohne ihn bleibt die Adresse, wie sie ist. Dann ist aber jemand anderes in Ihrem Konto angemeldet: Öffnen Sie Kith, sehen Sie sich Ihre Geräte an, melden Sie die fremden ab und wählen Sie, falls Sie ein Passwort haben, ein neues.

letter-new-address-code-subject = { $code } ist Ihr Code für Kith
letter-new-address-code =
    Jemand, hoffentlich Sie, möchte diese E-Mail-Adresse für ein Konto bei Kith verwenden. Um zu bestätigen, dass sie Ihnen gehört, geben Sie dort diesen Code ein:

    { $code }

    Er gilt einmal und { $minutes } Minuten lang. Niemand von Kith wird Sie je danach fragen.

    Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne den Code wird Ihre Adresse nicht verwendet. Geben Sie ihn nicht weiter.

letter-address-changed-subject = Ihre E-Mail-Adresse bei Kith wurde geändert
letter-address-changed =
    Ihr Konto bei Kith hat jetzt die E-Mail-Adresse { $address }. Ab sofort schreiben wir Ihnen dorthin; auch Codes für die Anmeldung gehen an diese Adresse.

    Wenn Sie das geändert haben, ist alles in Ordnung.

    Wenn Sie das nicht waren, hat jemand anderes Ihr Konto übernommen. Antworten Sie bitte sofort auf diese Nachricht, damit wir Ihnen helfen können.

letter-password-changed-subject = Ihr Passwort bei Kith wurde geändert
letter-password-changed =
    Das Passwort Ihres Kontos bei Kith wurde soeben festgelegt, geändert oder entfernt.

    Wenn Sie das waren, ist alles in Ordnung.

    Wenn Sie das nicht waren, melden Sie sich mit einem Code an, den wir an diese Adresse schicken, wählen Sie ein neues Passwort und melden Sie alle anderen Geräte ab.

letter-invitation-subject = { $name } lädt Sie zu Kith ein
letter-invitation =
    { $name } möchte auf Kith mit Ihnen verbunden sein. Dort helfen Menschen, die sich im wirklichen Leben kennen, einander, weitere kennenzulernen.

    Um die Einladung anzunehmen, öffnen Sie diesen Link auf Ihrem Telefon:

    { $link }

    Oder geben Sie bei der Registrierung diesen Code ein:

    { $code }

    Die Einladung gilt nur für Sie, { $days } Tage lang.

    Wenn Sie { $name } nicht kennen oder nicht teilnehmen möchten, brauchen Sie nichts zu tun: Sie haben kein Konto, und es wird keines angelegt.

letter-first-invitation-subject = Sie sind zu Kith eingeladen
letter-first-invitation =
    Sie sind zu Kith eingeladen. Dort helfen Menschen, die sich im wirklichen Leben kennen, einander, weitere kennenzulernen.

    Um die Einladung anzunehmen, öffnen Sie diesen Link auf Ihrem Telefon:

    { $link }

    Oder geben Sie bei der Registrierung diesen Code ein:

    { $code }

    Die Einladung gilt nur für Sie, { $days } Tage lang.

    Wenn Sie nicht damit gerechnet haben oder nicht teilnehmen möchten, brauchen Sie nichts zu tun: Sie haben kein Konto, und es wird keines angelegt.

letter-deletion-scheduled-subject = Ihr Konto bei Kith wird gelöscht
letter-deletion-scheduled =
    Wie gewünscht wird Ihr Konto bei Kith am { $day }. { $month ->
        [1] Januar
        [2] Februar
        [3] März
        [4] April
        [5] Mai
        [6] Juni
        [7] Juli
        [8] August
        [9] September
        [10] Oktober
        [11] November
       *[12] Dezember
    } { $year } mit allem, was darin ist, gelöscht. Bis dahin sieht es niemand.

    Wenn Sie es sich anders überlegen, melden Sie sich vor diesem Tag an: Dann ist alles wie zuvor.

    Wenn dieser Wunsch nicht von Ihnen kommt, melden Sie sich jetzt an, melden Sie alle anderen Geräte ab und wählen Sie, falls Sie ein Passwort haben, ein neues.
