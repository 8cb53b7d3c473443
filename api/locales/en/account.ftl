## Accounts: coming in, staying signed in, and the credentials of it.

code-not-right = This code is not right, or is over. Check it, or ask for another.
password-not-right = The address or the password is not right.
password-too-short = { $least ->
    [one] A password has at least { $least } character.
   *[other] A password has at least { $least } characters.
}
password-too-long = { $most ->
    [one] A password has at most { $most } byte.
   *[other] A password has at most { $most } bytes.
}
proof-required = You signed in a while ago: show again who you are, by a code or your password.
too-many-attempts = Too many attempts; wait a little before the next.
email-taken = There is an account with this address already; sign in.
no-account = There is no account with this address yet; sign up.
account-suspended = This account is suspended. Write to whoever runs this service.
session-ended = This session is over; sign in again.
no-such-session = There is no such session.
not-for-support = Support may not do this for a member.

invitation-required = You need an invitation from somebody who knows you.
invitation-not-good = This invitation is not good: it is mistyped, used or over. Ask for another.
invitation-yourself = This is your own invitation; give it to somebody else.
invitation-not-open = Only an open invitation can be taken back.
no-such-invitation = There is no such invitation.
too-many-invitations = { $most ->
    [one] You have { $most } open invitation; take one back, or wait until one is used or over.
   *[other] You have { $most } open invitations; take one back, or wait until one is used or over.
}
claim-code-not-good = This code is not good: it is mistyped, or used already.

export-first = Export your account first, or say that you leave without it.
