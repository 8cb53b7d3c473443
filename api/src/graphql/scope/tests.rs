//! Every field declares what it needs, and says so.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{FieldDefinition, TypeDefinition, TypeKind, TypeSystemDefinition};

use super::*;
use crate::graphql::sdl;

/// The types that no partner comes to: whatever leads to one of them is for members.
const FOR_MEMBERS: &[&str] = &[
    "AbandonGoalPayload",
    "AcceptIntroductionPayload",
    "AcceptInvitationPayload",
    "AcceptNominationPayload",
    "AccessTokenConnection",
    "AccessTokenEdge",
    "AccessTokenUse",
    "AccessTokenUseConnection",
    "AccessTokenUseEdge",
    "AccountExport",
    "AchieveGoalPayload",
    "ApplyToCommunityPayload",
    "ArchiveCommunityPayload",
    "Ask",
    "AskConnection",
    "AskEdge",
    "AuditEntry",
    "AuditEntryConnection",
    "AuditEntryEdge",
    "Block",
    "BlockConnection",
    "BlockEdge",
    "BlockMemberPayload",
    "CancelGatheringPayload",
    "ChangeEmailPayload",
    "CharterConnection",
    "CharterEdge",
    "Claim",
    "ClaimAccountPayload",
    "ClaimConnection",
    "ClaimEdge",
    "ClaimTiePayload",
    "CloseAskPayload",
    "CloseCalendarPayload",
    "CommitToGoalPayload",
    "Commitment",
    "CommitmentConnection",
    "CommitmentEdge",
    "CommunityConnection",
    "CommunityEdge",
    "CommunityMap",
    "CompleteCommitmentPayload",
    "CompleteHandshakePayload",
    "ConfirmEmailChangePayload",
    "ConfirmMeetingPayload",
    "ConfirmTiePayload",
    "ConsentToCharterPayload",
    "Conversation",
    "ConversationConnection",
    "ConversationEdge",
    "CreateAccessTokenPayload",
    "CreateInvitationPayload",
    "CreateWebhookPayload",
    "Credentials",
    "DecideApplicationPayload",
    "DecideReportPayload",
    "DeclineIntroductionPayload",
    "DeclineInvitationPayload",
    "DeclineNominationPayload",
    "DeclineTiePayload",
    "DeleteAccountPayload",
    "DeleteMessagePayload",
    "DeleteWebhookPayload",
    "EditMessagePayload",
    "EndTiePayload",
    "EndorseGoalPayload",
    "Endorsement",
    "EndorsementConnection",
    "EndorsementEdge",
    "ExportAccountPayload",
    "FollowInvitationPayload",
    "FormCommunityPayload",
    "Handshake",
    "Introduction",
    "IntroductionConnection",
    "IntroductionEdge",
    "IntroductionPolicy",
    "Invitation",
    "InvitationConnection",
    "InvitationEdge",
    "InviteToCommunityPayload",
    "LaunchCommunityPayload",
    "LeaveCommunityPayload",
    "LeaveConversationPayload",
    "MarkNotificationsReadPayload",
    "MarkReadPayload",
    "MemberConnection",
    "MemberEdge",
    "Membership",
    "MembershipConnection",
    "MembershipEdge",
    "Message",
    "MessageConnection",
    "MessageEdge",
    "MuteConversationPayload",
    "NetworkConnection",
    "NetworkEdge",
    "NominatePayload",
    "Nomination",
    "NominationConnection",
    "NominationEdge",
    "Notification",
    "NotificationConnection",
    "NotificationEdge",
    "OpenAskPayload",
    "OpenCalendarPayload",
    "OpenHandshakePayload",
    "Participant",
    "PassOnIntroductionPayload",
    "PlanGatheringPayload",
    "Privacy",
    "ProposeGoalPayload",
    "RatifyCharterPayload",
    "Reach",
    "Readiness",
    "ReadinessCriterion",
    "RecordAttendancePayload",
    "RecordIntroductionOutcomePayload",
    "RecordProgressPayload",
    "RefreshSessionPayload",
    "RemoveMemberPayload",
    "ReplayDeliveriesPayload",
    "ReplayDeliveryPayload",
    "ReplyToGatheringPayload",
    "Report",
    "ReportConnection",
    "ReportEdge",
    "ReportPayload",
    "RequestIntroductionPayload",
    "RequestSignInCodePayload",
    "RestCommunityPayload",
    "ReviveCommunityPayload",
    "RevokeAccessTokenPayload",
    "RevokeOtherSessionsPayload",
    "RevokeSessionPayload",
    "RotateAccessTokenPayload",
    "RotateWebhookSecretPayload",
    "Route",
    "SendMessagePayload",
    "Session",
    "SessionConnection",
    "SessionEdge",
    "SetPasswordPayload",
    "SetRolePayload",
    "SignInPayload",
    "SignOutPayload",
    "SignUpPayload",
    "StartConversationPayload",
    "TakeBackInvitationPayload",
    "TestWebhookPayload",
    "Tie",
    "TieConnection",
    "TieEdge",
    "UnblockMemberPayload",
    "UpdateCharterPayload",
    "UpdateCommunityPayload",
    "UpdateGatheringPayload",
    "UpdateGoalPayload",
    "UpdateIntroductionPolicyPayload",
    "UpdateMembershipPayload",
    "UpdatePrivacyPayload",
    "UpdateProfilePayload",
    "UpdateWebhookPayload",
    "Viewer",
    "VouchForApplicantPayload",
    "Webhook",
    "WebhookAttempt",
    "WebhookConnection",
    "WebhookDelivery",
    "WebhookDeliveryConnection",
    "WebhookDeliveryEdge",
    "WebhookEdge",
    "WithdrawApplicationPayload",
    "WithdrawIntroductionPayload",
    "WithdrawInvitationPayload",
    "WithdrawTiePayload",
    "WithdrawVouchPayload",
];

/// Of each type of output its fields, with their descriptions.
fn schema() -> BTreeMap<String, BTreeMap<String, String>> {
    let document = parse_schema(sdl()).expect("the schema's own text parses");
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some(ty.node),
        _ => None,
    });
    let described = |field: Positioned<FieldDefinition>| {
        let description = field.node.description.map(|text| text.node).unwrap_or_default();
        (field.node.name.node.to_string(), description)
    };
    let output = |ty: TypeDefinition| {
        let fields = match ty.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            _ => return None,
        };
        Some((ty.name.node.to_string(), fields.into_iter().map(described).collect()))
    };
    types.filter_map(output).collect()
}

#[test]
fn every_field_declares_what_it_needs() {
    let schema = schema();
    let declared: BTreeSet<&str> = FIELDS.iter().map(|(ty, _)| *ty).collect();
    let for_members: BTreeSet<&str> = FOR_MEMBERS.iter().copied().collect();
    let named: BTreeSet<&str> = schema.keys().map(String::as_str).collect();
    assert_eq!(declared.intersection(&for_members).collect::<Vec<_>>(), Vec::<&&str>::new(), "declared twice");
    let both: BTreeSet<&str> = declared.union(&for_members).copied().collect();
    assert_eq!(named.difference(&both).collect::<Vec<_>>(), Vec::<&&str>::new(), "types that are not declared");
    assert_eq!(both.difference(&named).collect::<Vec<_>>(), Vec::<&&str>::new(), "declared, and no type");
    for (ty, needs) in FIELDS {
        let mut fields: Vec<&str> = needs.iter().flat_map(|(_, names)| names.split(' ')).collect();
        fields.sort_unstable();
        let there: Vec<&str> = schema[*ty].keys().map(String::as_str).collect();
        let mut sorted = there.clone();
        sorted.sort_unstable();
        assert_eq!(fields, sorted, "the fields of {ty}, each once");
    }
}

#[test]
fn the_description_of_a_field_says_which_scope_it_needs() {
    for (ty, fields) in schema() {
        for (field, description) in fields {
            let told = description.replace('\n', " ");
            match need(&ty, &field) {
                This(scope) => {
                    assert!(told.ends_with(&format!("Scope: `{}`.", scope.as_str())), "{ty}.{field}: {told}");
                }
                Nothing | Membership => assert!(!told.contains("Scope: `"), "{ty}.{field}: {told}"),
            }
        }
    }
}

#[test]
fn what_is_not_declared_is_out_of_reach() {
    assert_eq!(need("Viewer", "ties"), Membership);
    assert_eq!(need("Community", "nothing"), Membership);
    assert_eq!(need("Community", "goals"), This(GoalsRead));
}
