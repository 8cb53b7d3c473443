## Handshakes, and the pages behind the links of handshakes and invitations.

handshake-yourself = This is your own code; let the other scan it.
handshake-not-good = This code is not good: it is mistyped, used or over. Show a new one.
handshake-over = This code is over, and the scan came too late. Meet again, or claim the tie.
met-at-not-then = The two cannot have met at that time: it is not within the five minutes of the code.

link-meet = You are meeting { $name }
link-meet-explained = Kith is for people who know each other in real life. You need not have the app yet: keep this moment, and your first contact will be waiting.
link-keep = Keep this moment
link-kept = This moment is kept
link-invited = You are invited to Kith
link-go-on = Install the app, and enter this code when you sign up. It works once, for 7 days.
link-gone = This code is not good
link-gone-explained = It is mistyped, used or over. Ask for a new one: codes last five minutes.
link-fault = Please try again
link-fault-explained = The service is busy. Load this page again in a moment.
