## Handshakes, and the pages behind the links of handshakes and invitations.

handshake-yourself = Das ist Ihr eigener Code; lassen Sie die andere Person ihn scannen.
handshake-not-good = Dieser Code gilt nicht: vertippt, schon benutzt oder abgelaufen. Zeigen Sie einen neuen.
handshake-over = Dieser Code ist abgelaufen und kam zu spät an. Treffen Sie sich noch einmal, oder fragen Sie die Verbindung an.
met-at-not-then = Zu dieser Zeit können Sie sich nicht getroffen haben: Sie liegt nicht in den fünf Minuten des Codes.

link-meet = Sie treffen { $name }
link-meet-explained = Kith ist für Menschen, die sich im Leben kennen. Die App brauchen Sie noch nicht: Halten Sie diesen Moment fest, und Ihr erster Kontakt wartet schon auf Sie.
link-keep = Moment festhalten
link-kept = Der Moment ist festgehalten
link-invited = Sie sind zu Kith eingeladen
link-go-on = Installieren Sie die App und geben Sie diesen Code bei der Registrierung ein. Er gilt einmal, 7 Tage lang.
link-gone = Dieser Code gilt nicht
link-gone-explained = Er ist vertippt, schon benutzt oder abgelaufen. Bitten Sie um einen neuen: Codes gelten fünf Minuten.
link-fault = Bitte versuchen Sie es noch einmal
link-fault-explained = Der Dienst ist ausgelastet. Laden Sie diese Seite gleich noch einmal.
