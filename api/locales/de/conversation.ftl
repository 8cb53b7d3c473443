## Gespräche und Benachrichtigungen.

no-such-conversation = Dieses Gespräch gibt es nicht.
conversation-not-tied = Schreiben können Sie denen, mit denen Sie verbunden sind.
conversation-empty = In diesem Gespräch ist niemand mehr.
no-such-message = Diese Nachricht gibt es nicht.
message-elsewhere = Eine Ihrer Nachrichten in einem anderen Gespräch hat diese Kennung; erzeugen Sie für jede Nachricht eine neue.
message-deleted = Eine zurückgenommene Nachricht kann nicht geändert werden.
not-a-uuid = Das ist keine UUID wie 018f5a1e-7b2c-7d3e-8f40-123456789abc.
no-such-notification = Diese Benachrichtigung gibt es nicht.

link-open = In Kith öffnen
link-open-explained = Dieser Link führt zu etwas in der App. Öffnen Sie ihn auf dem Telefon, auf dem Sie Kith benutzen.
