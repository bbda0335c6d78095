// Made by `npm run types` from the description of the interface; not written by hand.

export interface paths {
    "/api/v1/alert-streams": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Streams of alerts, those first that were heard of last. */
        get: operations["alerts_streams"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Alerts, those first that came in last. */
        get: operations["alerts_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Things, in the order in which they became known. */
        get: operations["assets_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A thing, by its number. */
        get: operations["assets_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{id}/bills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Bills of materials of a thing, the newest first: each is one of its builds. */
        get: operations["assets_bills"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assets/{id}/quality": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What scans of a thing measured of the quality of its code, the oldest first. */
        get: operations["assets_quality"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attack-paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How somebody would get from the internet to the data, as far as the graph knows, and which edges to cut. */
        get: operations["attack_paths"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blast": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far trouble would spread from a package, a leaked credential, a host or any thing. */
        get: operations["blast"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Changes, the one that closes most findings first. */
        get: operations["changes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/changes/{id}/fixes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a change is to be made, and what it closes there. */
        get: operations["changes_fixes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every channel. */
        get: operations["channels_list"];
        put?: never;
        /** Makes a channel. What happens from now on is told. */
        post: operations["channels_make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/channels/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Removes a channel, with what was to be sent through it. */
        delete: operations["channels_remove"];
        options?: never;
        head?: never;
        /** Changes a channel. */
        patch: operations["channels_change"];
        trace?: never;
    };
    "/api/v1/channels/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sends a test message through a channel; what became of it is in the list of deliveries. */
        post: operations["channels_test"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/comparison": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What changed between two builds, each named by the statement with its bill of materials. */
        get: operations["comparison"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compliance": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Frameworks, with how many of their controls are in which state. */
        get: operations["compliance_frameworks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compliance/{framework}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A framework: what is known of it, family by family. */
        get: operations["compliance_framework"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compliance/{framework}/controls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Controls of a framework, in its own order. */
        get: operations["compliance_controls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compliance/{framework}/controls/{control}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A control: what it rests on, how old that is, and who vouches for what tests leave. */
        get: operations["compliance_control"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/compliance/{framework}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A report of a framework to hand over: OSCAL assessment results, a table, a page to print, or the assessment itself. */
        get: operations["compliance_export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Decides something. The decision goes through the ledger as a statement. */
        post: operations["decisions_decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Deliveries, the newest first. */
        get: operations["deliveries_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Tries once more what was given up. */
        post: operations["deliveries_retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is new, as it comes. `hello` says where the log ends, `statement` that one was taken in, `many` that more than a hundred were. */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Findings, the most urgent first. */
        get: operations["findings_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/findings/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A finding, with everything that is known of it. */
        get: operations["findings_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fixes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything there is to do, the first thing first. */
        get: operations["fixes_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/fixes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One fix. */
        get: operations["fixes_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gaps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many things have no bill of materials, no provenance, no owner. */
        get: operations["gaps_all"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/gaps/{lacks}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Things that lack a bill of materials (`bill`), anything that says how they were made (`provenance`), or an owner (`owner`). */
        get: operations["gaps_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/holds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Holds, and those that were ended; the last laid first. They are laid and ended by decisions (`hold`, `end-hold`). */
        get: operations["holds_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/journey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How far we have come, by evidence alone. */
        get: operations["journey"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Keys whose signatures vouch for statements, and those that were revoked; the last registered first. */
        get: operations["keys_list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/log": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The log of the tenant: where it lies, and which key verifies it. */
        get: operations["log_head"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logs/{tenant}/checkpoint": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the log says of itself now, signed: a checkpoint (<https://c2sp.org/tlog-checkpoint>). */
        get: operations["log_checkpoint"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who makes the request, and what they may do. */
        get: operations["me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Through which other server one signs in. */
        get: operations["oidc_about"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Takes a browser that comes back from the other server. Browsers are sent on to the console, which says what went wrong; who does not ask
         *     for a page gets a problem.
         */
        get: operations["oidc_callback"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/oidc/start": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sends a browser to the other server. */
        get: operations["oidc_start"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** People of the tenant. */
        get: operations["people_list"];
        put?: never;
        /** Adds somebody, with a link to send them. */
        post: operations["people_add"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Changes what somebody may do, shuts them out, or lets them in again. */
        patch: operations["people_change"];
        trace?: never;
    };
    "/api/v1/people/{id}/link": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Makes a new link for somebody who lost theirs, or their password. Links that they had end. */
        post: operations["people_link"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/policies/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A part of the policy. It is changed by `POST /api/v1/decisions`, with the `ETag` of this answer in `If-Match` where it must not have been changed since. */
        get: operations["policies_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/posture": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where we stand: verdicts, what they rest on, and how it came to this. */
        get: operations["posture"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/remediation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where remediation stands: objectives, what is due and breached, debt and its trend, how long it takes. */
        get: operations["remediation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/remediation/due": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Open findings that are past their due date or due today, what is due first comes first. */
        get: operations["remediation_due"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/remediation/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is how far behind: open and breached findings and debt by owner, thing, kind of thing or label. */
        get: operations["remediation_groups"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in. */
        get: operations["access_who"];
        put?: never;
        /** Signs in. Whether it is the login or the password that is wrong is not said. */
        post: operations["access_sign_in"];
        /** Signs out. Where the session began at another server, the answer says where to sign out there. */
        delete: operations["access_sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Changes one's own password; all sessions of the person end, and a new one begins. */
        put: operations["access_change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/tenant": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Goes to another tenant that one belongs to: this session ends, and one there begins. */
        put: operations["access_go_to_tenant"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/tenants": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Tenants that one belongs to. */
        get: operations["access_tenants"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Ends all sessions of whoever asks, on all machines. Tokens go on. */
        delete: operations["access_sign_out_everywhere"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Uses a link up: sets the password of whoever it lets in, ends their sessions, and signs them in. */
        post: operations["access_set_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ships": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who ships a package, what an advisory speaks of, what is under a licence, or an image, and by which way it came in. */
        get: operations["ships"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Statements, the newest first. */
        get: operations["statements_list"];
        put?: never;
        /**
         * Sends a statement: an in-toto Statement, or a DSSE envelope with one, whose signatures are verified with the keys that the tenant
         *     trusts. When this answers with success the statement is durable. What is sent twice is taken once. Decisions are not sent here.
         */
        post: operations["statements_take"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements/{seq}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One statement. */
        get: operations["statements_one"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements/{seq}/body": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was sent, byte by byte. */
        get: operations["statements_body"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/statements/{seq}/forget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Takes away for good what was sent. Its record and digest stay in the log, a statement says who took it away and why, and the graph is
         *     made again from what is left. Decisions, and what is held, stay.
         */
        post: operations["statements_forget"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One's own tokens; for administrators those of everybody in the tenant. */
        get: operations["tokens_list"];
        put?: never;
        /** Makes a token for oneself. */
        post: operations["tokens_make"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revokes one's own token; administrators revoke any of the tenant. */
        delete: operations["tokens_revoke"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Whom to add. */
        AddPerson: {
            /** @description What they sign in as: an address of mail, or a name without spaces. */
            login: string;
            /** @description What they are called; the login where nothing is said. */
            name?: string | null;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description Somebody who was added. */
        Added: {
            /** @description What to send them. */
            link: components["schemas"]["Link"];
            /** @description The person. */
            person: components["schemas"]["Person"];
        };
        /** @description A finding that speaks against a test. */
        Against: {
            /** @description The thing that has it. */
            asset: string;
            /** @description `sha256:…` of the statement that shows it. */
            digest: string;
            /** @description By when it must be closed; RFC 3339. */
            due?: string | null;
            /** @description Its identity within the thing. */
            fingerprint: string;
            /**
             * Format: int64
             * @description Its number.
             */
            id?: number | null;
            /** @description The rule. */
            rule: string;
            /** @description critical, high, medium, low or info. */
            severity: string;
            /** @description What was found. */
            title: string;
        };
        /** @description An alert. */
        Alert: {
            /** @description The thing that has the problem: the pod, else the image, else the host. */
            asset: string;
            /** @description When it happened, by the clock of the host; RFC 3339. */
            at: string;
            /** @description The host it happened on. */
            host: string;
            /**
             * Format: int64
             * @description Its number in the stream of the agent.
             */
            number: number;
            /** @description One line for people. */
            output: string;
            /** @description emergency, alert, critical, error, warning, notice, informational or debug. */
            priority: string;
            /** @description The rule. */
            rule: string;
            /**
             * Format: int64
             * @description The statement that has all of it.
             */
            statement: number;
        };
        /** @description A thing. */
        Asset: {
            /** @description RFC 3339. */
            first_seen: string;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its identity, `scheme:rest`. */
            key: string;
            /** @description The scheme. */
            kind: string;
            /** @description What is known of it. */
            labels: {
                [key: string]: string;
            };
            /** @description RFC 3339. */
            last_seen: string;
            /** @description Who answers for it. */
            owner?: string | null;
        };
        /** @description A thing, and how it was looked at. */
        AssetStory: {
            /** @description The thing. */
            asset: components["schemas"]["Asset"];
            /**
             * Format: int64
             * @description Components of its last bill of materials; absent where it has none.
             */
            components?: number | null;
            /** @description Ways in which it is looked at. */
            scopes: components["schemas"]["Scope"][];
        };
        /** @description How somebody would get from the internet to the data. */
        AttackPaths: {
            /** @description Edges to cut, the one that protects most targets by itself first. */
            cuts: components["schemas"]["Cut"][];
            /**
             * Format: int64
             * @description Where one gets in from the internet.
             */
            entries: number;
            /** @description Whether all of the graph was looked at: where not, what is counted is a part. */
            is_complete: boolean;
            /** @description What the graph lacks to say more. */
            missing: string[];
            /** @description Things on paths, at most 150, by layer and row. */
            nodes: components["schemas"]["Node"][];
            /**
             * Format: int64
             * @description Things on paths, those that are not shown included.
             */
            on_paths: number;
            /** @description The most probable path to each target, the most probable first; at most 20. */
            routes: components["schemas"]["Path"][];
            /**
             * Format: int64
             * @description How many edges the smallest set has that protects all targets; absent where there is none of at most 64.
             */
            smallest?: number | null;
            /** @description Steps between them. */
            steps: components["schemas"]["Step"][];
            /**
             * Format: int64
             * @description What is worth getting to.
             */
            targets: number;
            /**
             * Format: int64
             * @description How many of these can be got to.
             */
            targets_reached: number;
        };
        /** @description Something that somebody vouched for. */
        Attested: {
            /** @description When; RFC 3339. */
            at: string;
            /** @description By whom. */
            by: string;
            /** @description holds, expired or withdrawn. */
            state: string;
            /**
             * Format: int64
             * @description The statement that says so: its place in the log.
             */
            statement: number;
            /** @description What was vouched for. */
            text: string;
            /** @description Until when; RFC 3339. */
            until: string;
            /** @description When it was taken back; RFC 3339. */
            withdrawn?: string | null;
            /**
             * Format: int64
             * @description The statement that takes it back.
             */
            withdrawn_statement?: number | null;
        };
        /** @description A bill of materials of a thing. */
        Bill: {
            /** @description RFC 3339. */
            at: string;
            /** @description Which build of the thing. */
            build?: string | null;
            /** @description Whether it is the last one. */
            is_current: boolean;
            /**
             * Format: int64
             * @description The statement that tells of it.
             */
            statement: number;
        };
        /** @description How far trouble spreads. */
        Blast: {
            /** @description The same by kind. */
            by_kind: {
                [key: string]: number;
            };
            /** @description Things where it begins, at most 50. */
            from: components["schemas"]["Hit"][];
            /**
             * Format: int64
             * @description How many things that are.
             */
            from_count: number;
            /** @description What is reached, the nearest first. */
            items: components["schemas"]["Hit"][];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
            /**
             * Format: int64
             * @description How many more things are reached: all of them are counted.
             */
            things: number;
            /** @description Those, the nearest first, at most 50. */
            valuable: components["schemas"]["Hit"][];
            /**
             * Format: int64
             * @description How many of all these are labelled `mission=high` or `data`.
             */
            valuable_count: number;
        };
        /** @description A build. */
        Build: {
            /** @description Its bill of materials. */
            bill: components["schemas"]["Bill"];
            /**
             * Format: int64
             * @description How many components it has.
             */
            components: number;
            /**
             * Format: int64
             * @description Number of the thing.
             */
            id: number;
            /** @description The thing. */
            key: string;
        };
        /** @description The end of a day. */
        BurnDay: {
            /** @description Those past their due date, by severity. */
            breached: {
                [key: string]: number;
            };
            /** @description The day, `2027-03-01`. */
            day: string;
            /**
             * Format: double
             * @description Security debt in weighted days.
             */
            debt: number;
            /** @description Open findings by severity. */
            open: {
                [key: string]: number;
            };
        };
        /** @description A component that is shipped. */
        Carried: {
            /** @description Its package URL. */
            purl: string;
            /** @description Shortest ways from at most three of them, package URLs from what is asked for to the component. */
            ways: string[][];
            /**
             * Format: int64
             * @description How many components that the project asks for itself lead to it.
             */
            ways_in: number;
        };
        /** @description One change, wherever it is to be made. */
        Change: {
            /** @description What it is: a package and the version to have, or a rule and what to do. */
            change: string;
            /** @description The most urgent decision among them. */
            decision: string;
            /** @description The first day that is due; RFC 3339. */
            due?: string | null;
            /**
             * Format: int64
             * @description Open findings that it closes.
             */
            findings: number;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description The gravest severity among them. */
            severity: string;
            /**
             * Format: int64
             * @description Things on which it closes something.
             */
            things: number;
        };
        /** @description What to change of a channel; what is not said stays. */
        ChangeChannel: {
            /** @description Whether anything is sent. */
            enabled?: boolean | null;
            /** @description What is told. */
            events?: components["schemas"]["NoticeEvent"][] | null;
            filter?: components["schemas"]["NoticeFilter"] | null;
            /** @description What it is called. */
            name?: string | null;
            /** @description Makes a new key for signatures of a webhook; the old one holds no longer. */
            new_secret?: boolean;
            pace?: components["schemas"]["NoticePace"] | null;
            target?: components["schemas"]["ChannelTarget"] | null;
        };
        /** @description A new password. */
        ChangePassword: {
            /** @description The one that holds until now. */
            current: string;
            /** @description The one that holds from now on: 12 characters or more. */
            new: string;
        };
        /** @description What to change of a person. */
        ChangePerson: {
            /** @description Whether they are shut out from now on: their sessions end, and their tokens do not hold. */
            disabled?: boolean | null;
            role?: components["schemas"]["Role"] | null;
        };
        /** @description A channel, without what is secret of it. */
        Channel: {
            /** @description RFC 3339. */
            created: string;
            /** @description Whether anything is sent. */
            enabled: boolean;
            /** @description What is told. */
            events: components["schemas"]["NoticeEvent"][];
            /** @description Of which findings. */
            filter: components["schemas"]["NoticeFilter"];
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description What it is called. */
            name: string;
            /** @description How often at most. */
            pace: components["schemas"]["NoticePace"];
            /** @description Where it leads. Secrets are left out. */
            target: components["schemas"]["ChannelTarget"];
        };
        /** @description Where a channel leads. Secrets are taken, and never given back. */
        ChannelTarget: {
            /** @enum {string} */
            kind: "webhook";
            /** @description Where to. Its user and its query are secret, and shown as `…`. */
            url: string;
        } | {
            /** @enum {string} */
            kind: "slack";
            /** @description Where to. All of it but the host is secret. */
            url: string;
        } | {
            /** @description Sender. */
            from: string;
            /** @description The mail server. */
            host: string;
            /** @enum {string} */
            kind: "email";
            /** @description Secret. */
            password?: string | null;
            /**
             * Format: int32
             * @description Its port: 465 for tls, 587 for starttls, 25 for none.
             */
            port: number;
            /** @description tls, starttls or none. */
            security: components["schemas"]["MailSecurity"];
            /** @description Recipients. */
            to: string[];
            /** @description Who signs in there. */
            user?: string | null;
        } | {
            /** @description `https://api.github.com`, or `https://HOST/api/v3`. */
            api?: string;
            /** @enum {string} */
            kind: "github";
            /** @description `OWNER/NAME`. */
            repository: string;
            /** @description Secret; may read and write issues of the repository. */
            token?: string | null;
        } | {
            /** @enum {string} */
            kind: "gitlab";
            /** @description `GROUP/NAME`, or the number. */
            project: string;
            /** @description Secret; has the scope `api`. */
            token?: string | null;
            /** @description `https://gitlab.com`, or where else it is. */
            url?: string;
        } | {
            /** @description Name of the type that issues have. */
            issue_type?: string;
            /** @enum {string} */
            kind: "jira";
            /** @description Key of the project. */
            project: string;
            /** @description Secret. */
            token?: string | null;
            /** @description `https://SITE.atlassian.net`, or where else it is. */
            url: string;
            /** @description Address of mail of whose token it is, with Jira Cloud; none with Data Center. */
            user?: string | null;
        };
        /** @description A test that is on its way. */
        ChannelTest: {
            /**
             * Format: int64
             * @description Number of the delivery.
             */
            delivery: number;
        };
        /** @description What changed. */
        Comparison: {
            /** @description Components that are in no version in the one; of each list at most 500 are shown. */
            added: components["schemas"]["Moved"][];
            /** @description Where the findings are from: `history`, what happened to one thing between the two; `today`, what is open on two things now. */
            basis: string;
            /** @description Components that have another version of which nobody can say whether it is newer. */
            changed: components["schemas"]["Moved"][];
            /** @description How many there are of each: added, removed, upgraded, downgraded, changed, licenses_new, licenses_gone, findings_opened, findings_closed. */
            counts: {
                [key: string]: number;
            };
            /** @description Components that have an older version. */
            downgraded: components["schemas"]["Moved"][];
            /** @description Findings that the one had and the other has not. */
            findings_closed: components["schemas"]["Finding"][];
            /** @description Findings that the other has and the one had not. */
            findings_opened: components["schemas"]["Finding"][];
            /** @description The one build. */
            from: components["schemas"]["Build"];
            /** @description Whether more happened between the two than was read: the findings are then a part. */
            is_cut: boolean;
            /** @description Licences that nothing in the other is under. */
            licenses_gone: string[];
            /** @description Licences that nothing in the one is under. */
            licenses_new: string[];
            /** @description Components that are in no version in the other. */
            removed: components["schemas"]["Moved"][];
            /** @description The other build. */
            to: components["schemas"]["Build"];
            /** @description Components that have a newer version. */
            upgraded: components["schemas"]["Moved"][];
        };
        /** @description A control, in a line. */
        ControlStanding: {
            /** @description Who attests what tests leave, or the control. */
            attested_by?: string | null;
            /** @description Until when; RFC 3339. */
            attested_until?: string | null;
            /** @description How much of it evidence answers without a person: whole, part or none. */
            automation: string;
            /** @description Title of its family. */
            family: string;
            /**
             * Format: int64
             * @description Findings that were there and are gone, counted once a test.
             */
            fixed: number;
            /** @description Its number: `AC-2(1)`. */
            id: string;
            /** @description Time of the newest evidence for it; RFC 3339. Absent where there is none. */
            newest?: string | null;
            /** @description Time of the oldest evidence that counts for it; RFC 3339. Absent where there is none. */
            oldest?: string | null;
            /**
             * Format: int64
             * @description Findings that speak against it, counted once a test.
             */
            open: number;
            /** @description Why, one sentence each. */
            reasons: string[];
            /**
             * Format: int64
             * @description Pieces of evidence that are too old to count.
             */
            stale: number;
            /** @description satisfied, not-satisfied, manual or no-evidence. */
            state: string;
            /**
             * Format: int64
             * @description Tests that bear on it.
             */
            tests: number;
            /** @description Its title, or what it asks for in our own words. */
            title: string;
            /**
             * Format: int64
             * @description Findings that waivers accept, counted once a test.
             */
            waived: number;
        };
        /** @description A control, with everything that it rests on. */
        ControlStory: {
            /** @description What was ever vouched for about it, the newest first; a hundred at most. */
            attestations: components["schemas"]["Attested"][];
            /** @description The control. */
            control: components["schemas"]["ControlStanding"];
            /** @description What tests leave to a person; empty where they leave nothing, or where there is no test and it is the whole control. */
            left: string[];
            /** @description Whether a person must attest it, or a part of it. */
            needs_person: boolean;
            /** @description By which name it is attested: `nist:AC-2(1)`. */
            reference: string;
            /** @description The tests that bear on it. */
            tests: components["schemas"]["Test"][];
        };
        /** @description How many controls are in which state. */
        Counts: {
            /**
             * Format: int64
             * @description A person must attest it, or what tests leave of it. Never counted as passed.
             */
            manual: number;
            /**
             * Format: int64
             * @description Of the manual ones, those that somebody attests.
             */
            manual_attested: number;
            /**
             * Format: int64
             * @description A test has no evidence, or none that is fresh and complete.
             */
            no_evidence: number;
            /**
             * Format: int64
             * @description Something speaks against it.
             */
            not_satisfied: number;
            /**
             * Format: int64
             * @description Fresh and complete evidence and, where tests leave something, a person say so.
             */
            satisfied: number;
        };
        /** @description One line of a stage. */
        Criterion: {
            /** @description What evidence shows it. */
            evidence: string;
            /** @description Its name, which stays. */
            id: string;
            /** @description What was counted. */
            seen: string;
            /** @description met, unmet, or no-evidence where nothing speaks of it. */
            status: string;
            /** @description What has to be so. */
            title: string;
        };
        /** @description An edge to cut. */
        Cut: {
            /**
             * Format: int64
             * @description Number of the thing that the step over it begins at.
             */
            from: number;
            /** @description Whether it belongs to the smallest set that protects all of them. */
            in_smallest: boolean;
            /** @description How they are joined. */
            kind: string;
            /**
             * Format: int64
             * @description Targets that cannot be got to any more once this edge alone is cut.
             */
            protects: number;
            /** @description The edge as it is told: the one thing. */
            source: string;
            /** @description The other thing. */
            target: string;
            /**
             * Format: int64
             * @description Number of the thing that the step over it ends at.
             */
            to: number;
        };
        /** @description Open findings at the end of a day. */
        Day: {
            /** @description The day, `2027-03-01`. */
            day: string;
            /** @description By severity. */
            open: {
                [key: string]: number;
            };
        };
        /** @description Security debt. */
        Debt: {
            /** @description The part of each severity. */
            by_severity: {
                [key: string]: number;
            };
            /** @description How it is counted. */
            formula: string;
            /**
             * Format: double
             * @description Weighted days; exact to the second at the instant `at` of the answer.
             */
            value: number;
            /** @description What each severity weighs. */
            weights: {
                [key: string]: number;
            };
        };
        /** @description A delivery. */
        Delivery: {
            /**
             * Format: int64
             * @description How often it was tried.
             */
            attempts: number;
            /**
             * Format: int64
             * @description Number of the channel.
             */
            channel: number;
            /** @description When it came up; RFC 3339. */
            created: string;
            /** @description When it was sent or given up; RFC 3339. */
            done?: string | null;
            /** @description Why the last attempt failed; empty where none did. */
            error: string;
            /**
             * Format: int64
             * @description Number of the fix that it is about.
             */
            fix?: number | null;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description What it is about: breach, breach-soon, new-critical, waiver-ending, summary, issue-open, issue-close or test. */
            kind: string;
            /** @description When it is tried next; RFC 3339. */
            next?: string | null;
            /** @description waiting, sent or given-up. */
            status: string;
        };
        /** @description How one signs in besides with a password. */
        Elsewhere: {
            /** @description What the other server is called; absent where there is none. */
            name?: string | null;
        };
        /** @description Something that happened to a finding. */
        Event: {
            /** @description RFC 3339. */
            at: string;
            /** @description Who did it. */
            by: string;
            /** @description opened, fixed, reopened, waived, resumed or due. */
            kind: string;
            /** @description More about it. */
            note: string;
            /**
             * Format: int64
             * @description The statement that it comes from: its place in the log.
             */
            statement: number;
        };
        /** @description A piece of evidence. */
        Evidence: {
            /**
             * Format: int64
             * @description Seconds from then to now.
             */
            age: number;
            /** @description What it is about; absent where that is the system. */
            asset?: string | null;
            /** @description When it was so; RFC 3339. */
            at: string;
            /** @description Who says so. */
            by: string;
            /** @description `sha256:…` of the statement that says it. */
            digest: string;
            /** @description What it shows. */
            shows: string;
            /**
             * Format: int64
             * @description Place of that statement in the ledger.
             */
            statement?: number | null;
        };
        /** @description Controls that stand together. */
        Family: {
            /** @description How many of its controls are in which state. */
            counts: components["schemas"]["Counts"];
            /** @description Its title. */
            title: string;
        };
        /** @description A problem of a thing. */
        Finding: {
            /** @description The thing that has it. */
            asset: string;
            /** @description When it was fixed or waived; RFC 3339. */
            closed?: string | null;
            /** @description high, medium or low. */
            confidence: string;
            /** @description When to act: immediate, out-of-cycle, scheduled or defer. */
            decision: string;
            /** @description By when it must be closed; RFC 3339. */
            due?: string | null;
            /** @description Its identity within the thing. */
            fingerprint: string;
            /** @description RFC 3339. */
            first_seen: string;
            /**
             * Format: int64
             * @description Number of the fix that closes it.
             */
            fix: number;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description RFC 3339. */
            last_seen: string;
            /** @description What was found. */
            message: string;
            /** @description Since when it is open without a break; RFC 3339. */
            opened: string;
            /** @description Who does the fix that closes it, or else answers for the thing. */
            owner?: string | null;
            /** @description The first place, `path:line`; empty where there is none. */
            place: string;
            /** @description The rule. */
            rule: string;
            /** @description critical, high, medium, low or info. */
            severity: string;
            /** @description open, fixed or waived. */
            status: string;
            /** @description What kind of problem it is. */
            title: string;
            /** @description Until when it is waived; RFC 3339. */
            waived_until?: string | null;
        };
        /** @description One thing to do on one thing, with what it closes. */
        Fix: {
            /** @description Where to do it. */
            asset: string;
            /** @description What is the same to do on other things. */
            change: string;
            /** @description The most urgent decision among them. */
            decision: string;
            /** @description The first day that is due; RFC 3339. */
            due?: string | null;
            /**
             * Format: int64
             * @description Open findings that it closes.
             */
            findings: number;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Who does it. */
            owner?: string | null;
            /** @description The gravest severity among them. */
            severity: string;
            /** @description The upgrade that it is: the component, the versions from and to, the way to the component. */
            upgrade?: unknown;
            /** @description What to do. */
            what: string;
        };
        /** @description Why something is taken away. */
        Forget: {
            /** @description Why. */
            reason: string;
        };
        /** @description What came of it. */
        Forgotten: {
            /**
             * Format: int64
             * @description Decisions that change nothing any more, because what they are about was told by what is gone.
             */
            about_nothing: number;
            /**
             * Format: int64
             * @description Statements that the graph was made from again.
             */
            made_from: number;
            /**
             * Format: int64
             * @description Open findings of what is left.
             */
            open_after: number;
            /**
             * Format: int64
             * @description Open findings before.
             */
            open_before: number;
            /**
             * Format: int64
             * @description Statements whose body is gone.
             */
            without_body: number;
        };
        /** @description A framework, family by family. */
        FrameworkStanding: {
            /** @description When; RFC 3339. */
            at: string;
            /** @description Families, in the order of the framework. */
            families: components["schemas"]["Family"][];
            /** @description The framework. */
            framework: components["schemas"]["FrameworkSummary"];
            /** @description Time of the oldest evidence that counts; RFC 3339. */
            oldest: string;
            /** @description What was assessed. */
            system: string;
            /**
             * Format: int64
             * @description How many things were asked after.
             */
            things: number;
        };
        /** @description A framework, in numbers. */
        FrameworkSummary: {
            /**
             * Format: int64
             * @description How many controls it asks for.
             */
            controls: number;
            /** @description How many of them are in which state. */
            counts: components["schemas"]["Counts"];
            /** @description Its name: `nist:moderate`. */
            key: string;
            /** @description Where that is published. */
            source: string;
            /** @description Its name for people. */
            title: string;
            /** @description Version of the catalogue that its controls are of. */
            version: string;
        };
        /** @description A check that did not run to its end. */
        Gap: {
            /** @description The thing. */
            asset: string;
            /**
             * Format: int64
             * @description Number of the thing.
             */
            asset_id: number;
            /** @description The check. */
            check: string;
            /** @description Why. */
            note: string;
            /** @description partial, skipped or failed. */
            status: string;
        };
        /** @description Everything that may be lacking, and how many things lack it. */
        Gaps: {
            /** @description One entry each for bill, provenance and owner. */
            gaps: components["schemas"]["Lacking"][];
        };
        /** @description Where to go. */
        GoTo: {
            /** @description Name of the tenant. */
            tenant: string;
        };
        /** @description What the things of one group have open. Findings without an objective do not count. */
        Group: {
            /** @description Those past their due date, by severity. */
            breached: {
                [key: string]: number;
            };
            /**
             * Format: double
             * @description Security debt in weighted days.
             */
            debt: number;
            /** @description What they have in common; absent for things without it, and for the rest. */
            name?: string | null;
            /**
             * Format: int64
             * @description Open findings.
             */
            open: number;
            /**
             * Format: int64
             * @description Things in it that have something open.
             */
            things: number;
        };
        /** @description Groups of things. */
        Groups: {
            /** @description By what was grouped. */
            by: string;
            /** @description The hundred groups with the most debt, the most first. */
            groups: components["schemas"]["Group"][];
            rest?: components["schemas"]["Group"] | null;
        };
        /** @description A thing that is reached. */
        Hit: {
            /**
             * Format: int64
             * @description Steps from where it begins.
             */
            distance: number;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its identity. */
            key: string;
            /** @description Its kind. */
            kind: string;
            /**
             * Format: int64
             * @description Steps of the way that are left out before these.
             */
            left_out: number;
            /** @description Who answers for it. */
            owner?: string | null;
            /** @description A shortest way to it; of a long one the last twenty steps. */
            way: components["schemas"]["Hop"][];
        };
        /** @description What must not be taken away. */
        Hold: {
            /** @description Who laid it. */
            by: string;
            /** @description When; RFC 3339. */
            created: string;
            /** @description When it was ended; RFC 3339. */
            ended?: string | null;
            /** @description Why. */
            reason: string;
            /**
             * Format: int64
             * @description The statement that lays the hold.
             */
            seq: number;
            /**
             * Format: int64
             * @description The statement that is held; every one where there is none.
             */
            statement?: number | null;
        };
        /** @description A step of a way. */
        Hop: {
            /** @description How the thing before it passes on to it, as the middle of a sentence; absent where the way begins. */
            by?: string | null;
            /**
             * Format: int64
             * @description Number of the thing.
             */
            id: number;
            /** @description The thing. */
            key: string;
        };
        /** @description The way that was come. */
        Journey: {
            /** @description When this was so; RFC 3339. */
            at: string;
            /**
             * Format: int32
             * @description The last stage that is met together with all before it, 1 to 5; 0 where none is.
             */
            reached: number;
            /** @description The five stages. */
            stages: components["schemas"]["Stage"][];
        };
        /** @description A key whose signatures vouch for statements. */
        Key: {
            /** @description Who registered it. */
            by: string;
            /** @description When it was registered; RFC 3339. */
            created: string;
            /** @description From when; RFC 3339. */
            from?: string | null;
            /** @description `sha256:…` of its public key information. */
            key: string;
            /** @description What it is called. */
            name: string;
            /** @description The public key, in PEM. */
            pem: string;
            /** @description Types of predicates that it may vouch for; empty for all. */
            predicates: string[];
            /** @description When it was revoked; RFC 3339. */
            revoked?: string | null;
            /** @description Why. */
            revoked_because?: string | null;
            /** @description Who revoked it. */
            revoked_by?: string | null;
            /**
             * Format: int64
             * @description The statement that registers it.
             */
            statement: number;
            /** @description What the names of subjects begin with that it may vouch for; empty for all. */
            subjects: string[];
            /** @description Until when; RFC 3339. */
            until?: string | null;
        };
        /** @description Something that things lack. */
        Lacking: {
            /** @description Kinds of things that are asked for it. */
            kinds: string[];
            /**
             * Format: int64
             * @description How many of them lack it.
             */
            lacking: number;
            /** @description bill, provenance or owner. */
            lacks: string;
            /**
             * Format: int64
             * @description How many such things there are.
             */
            things: number;
        };
        /** @description A link that lets somebody in once, to set a password. */
        Link: {
            /** @description Until when it holds; RFC 3339. */
            expires: string;
            /** @description Where to open it, behind the address of the server: `/#/setup/…`. It is shown this once. */
            link: string;
        };
        /** @description The log of the tenant. */
        Log: {
            /** @description The key that verifies its checkpoints, as <https://c2sp.org/signed-note#verifier-keys> writes it. */
            key?: string | null;
            /** @description Its name, the first line of its checkpoints; none where the server has no key to sign them with. */
            origin?: string | null;
            /** @description Below which path its checkpoint and its tiles lie. */
            path: string;
            /**
             * Format: int64
             * @description Statements in it.
             */
            size: number;
        };
        /**
         * @description How the way to a mail server is protected.
         * @enum {string}
         */
        MailSecurity: "tls" | "starttls" | "none";
        /** @description Which channel to make. */
        MakeChannel: {
            /** @description What is told; everything where nothing is said. */
            events?: components["schemas"]["NoticeEvent"][] | null;
            /** @description Of which findings; of all where nothing is said. */
            filter?: components["schemas"]["NoticeFilter"];
            /** @description What it is called, unique within the tenant. */
            name: string;
            /** @description How often at most; 20 messages an hour where nothing is said. */
            pace?: components["schemas"]["NoticePace"];
            /** @description Where it leads. */
            target: components["schemas"]["ChannelTarget"];
        };
        /** @description Which token to make. */
        MakeToken: {
            /**
             * Format: int64
             * @description For how many days, 1 to 365; 90 where nothing is said.
             */
            days?: number | null;
            /** @description What it is for. */
            name: string;
            /** @description What it may do: at most what you may. */
            role: components["schemas"]["Role"];
        };
        /** @description Who makes the request. */
        Me: {
            /** @description What they sign in as. */
            login: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
            /** @description The tenant that everything they ask is about. */
            tenant: string;
        };
        /** @description A tenant that one belongs to. */
        Membership: {
            /** @description Whether it is the one that everything is about now. */
            is_current: boolean;
            /** @description What one may do there: viewer, developer, responder or admin. */
            role: string;
            /** @description Its name. */
            tenant: string;
        };
        /** @description A component that is not what it was. */
        Moved: {
            /** @description The version that the one has. */
            from?: string | null;
            /** @description Its name. */
            name: string;
            /** @description Package URL without version. */
            package: string;
            /** @description The version that the other has. */
            to?: string | null;
        };
        /** @description A channel that was made or changed. */
        NewChannel: {
            /** @description The channel. */
            channel: components["schemas"]["Channel"];
            /** @description By what whoever gets a webhook verifies its signature; it is shown this once. */
            secret?: string | null;
        };
        /** @description A token that was made. */
        NewToken: {
            /** @description What is sent as `Authorization: Bearer …`; it is shown this once. */
            secret: string;
            /** @description The token. */
            token: components["schemas"]["Token"];
        };
        /** @description A statement that was taken in. */
        News: {
            /** @description When it was taken in; RFC 3339. */
            at: string;
            /** @description Its predicate type; empty where several are told at once. */
            predicate_type: string;
            /**
             * Format: int64
             * @description Its place in the log; the newest one where several are told at once.
             */
            seq: number;
        };
        /** @description A thing on a path. */
        Node: {
            /** @description The most urgent decision among what is open on it and on what it is made from; absent where nothing is known. */
            decision?: string | null;
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Whether one gets in here from the internet. */
            is_entry: boolean;
            /** @description Whether it is worth getting to. */
            is_target: boolean;
            /** @description Its identity. */
            key: string;
            /** @description Its kind. */
            kind: string;
            /**
             * Format: int64
             * @description The layer to draw it in, from the left, from 0.
             */
            layer: number;
            /** @description Who answers for it. */
            owner?: string | null;
            /**
             * Format: int64
             * @description The row within the layer, from the top, from 0.
             */
            row: number;
        };
        /**
         * @description What others are told of.
         * @enum {string}
         */
        NoticeEvent: "breach" | "breach-soon" | "new-critical" | "waiver-ending";
        /** @description Of which findings. */
        NoticeFilter: {
            /**
             * @description Of things with all of these labels.
             * @default {}
             */
            labels: {
                [key: string]: string;
            };
            /**
             * @description Of this owner only: of the fix, or else of the thing. Empty for all.
             * @default
             */
            owner: string;
            /**
             * @description At least this severity: critical, high, medium, low or info; all where it is empty.
             * @default
             */
            severity: string;
        };
        /** @description How often at most. */
        NoticePace: {
            /**
             * Format: int32
             * @description Messages within the interval, 1 to 1000; what is more comes in one summary at its end. Issues are put off instead.
             */
            messages: number;
            /**
             * Format: int32
             * @description The interval in minutes, 1 to 1440.
             */
            minutes: number;
        };
        /** @description One page of a list. */
        Page_Alert: {
            /** @description Its entries. */
            items: {
                /** @description The thing that has the problem: the pod, else the image, else the host. */
                asset: string;
                /** @description When it happened, by the clock of the host; RFC 3339. */
                at: string;
                /** @description The host it happened on. */
                host: string;
                /**
                 * Format: int64
                 * @description Its number in the stream of the agent.
                 */
                number: number;
                /** @description One line for people. */
                output: string;
                /** @description emergency, alert, critical, error, warning, notice, informational or debug. */
                priority: string;
                /** @description The rule. */
                rule: string;
                /**
                 * Format: int64
                 * @description The statement that has all of it.
                 */
                statement: number;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Asset: {
            /** @description Its entries. */
            items: {
                /** @description RFC 3339. */
                first_seen: string;
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description Its identity, `scheme:rest`. */
                key: string;
                /** @description The scheme. */
                kind: string;
                /** @description What is known of it. */
                labels: {
                    [key: string]: string;
                };
                /** @description RFC 3339. */
                last_seen: string;
                /** @description Who answers for it. */
                owner?: string | null;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Bill: {
            /** @description Its entries. */
            items: {
                /** @description RFC 3339. */
                at: string;
                /** @description Which build of the thing. */
                build?: string | null;
                /** @description Whether it is the last one. */
                is_current: boolean;
                /**
                 * Format: int64
                 * @description The statement that tells of it.
                 */
                statement: number;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Change: {
            /** @description Its entries. */
            items: {
                /** @description What it is: a package and the version to have, or a rule and what to do. */
                change: string;
                /** @description The most urgent decision among them. */
                decision: string;
                /** @description The first day that is due; RFC 3339. */
                due?: string | null;
                /**
                 * Format: int64
                 * @description Open findings that it closes.
                 */
                findings: number;
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description The gravest severity among them. */
                severity: string;
                /**
                 * Format: int64
                 * @description Things on which it closes something.
                 */
                things: number;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Channel: {
            /** @description Its entries. */
            items: {
                /** @description RFC 3339. */
                created: string;
                /** @description Whether anything is sent. */
                enabled: boolean;
                /** @description What is told. */
                events: components["schemas"]["NoticeEvent"][];
                /** @description Of which findings. */
                filter: components["schemas"]["NoticeFilter"];
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description What it is called. */
                name: string;
                /** @description How often at most. */
                pace: components["schemas"]["NoticePace"];
                /** @description Where it leads. Secrets are left out. */
                target: components["schemas"]["ChannelTarget"];
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_ControlStanding: {
            /** @description Its entries. */
            items: {
                /** @description Who attests what tests leave, or the control. */
                attested_by?: string | null;
                /** @description Until when; RFC 3339. */
                attested_until?: string | null;
                /** @description How much of it evidence answers without a person: whole, part or none. */
                automation: string;
                /** @description Title of its family. */
                family: string;
                /**
                 * Format: int64
                 * @description Findings that were there and are gone, counted once a test.
                 */
                fixed: number;
                /** @description Its number: `AC-2(1)`. */
                id: string;
                /** @description Time of the newest evidence for it; RFC 3339. Absent where there is none. */
                newest?: string | null;
                /** @description Time of the oldest evidence that counts for it; RFC 3339. Absent where there is none. */
                oldest?: string | null;
                /**
                 * Format: int64
                 * @description Findings that speak against it, counted once a test.
                 */
                open: number;
                /** @description Why, one sentence each. */
                reasons: string[];
                /**
                 * Format: int64
                 * @description Pieces of evidence that are too old to count.
                 */
                stale: number;
                /** @description satisfied, not-satisfied, manual or no-evidence. */
                state: string;
                /**
                 * Format: int64
                 * @description Tests that bear on it.
                 */
                tests: number;
                /** @description Its title, or what it asks for in our own words. */
                title: string;
                /**
                 * Format: int64
                 * @description Findings that waivers accept, counted once a test.
                 */
                waived: number;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Delivery: {
            /** @description Its entries. */
            items: {
                /**
                 * Format: int64
                 * @description How often it was tried.
                 */
                attempts: number;
                /**
                 * Format: int64
                 * @description Number of the channel.
                 */
                channel: number;
                /** @description When it came up; RFC 3339. */
                created: string;
                /** @description When it was sent or given up; RFC 3339. */
                done?: string | null;
                /** @description Why the last attempt failed; empty where none did. */
                error: string;
                /**
                 * Format: int64
                 * @description Number of the fix that it is about.
                 */
                fix?: number | null;
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description What it is about: breach, breach-soon, new-critical, waiver-ending, summary, issue-open, issue-close or test. */
                kind: string;
                /** @description When it is tried next; RFC 3339. */
                next?: string | null;
                /** @description waiting, sent or given-up. */
                status: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Finding: {
            /** @description Its entries. */
            items: {
                /** @description The thing that has it. */
                asset: string;
                /** @description When it was fixed or waived; RFC 3339. */
                closed?: string | null;
                /** @description high, medium or low. */
                confidence: string;
                /** @description When to act: immediate, out-of-cycle, scheduled or defer. */
                decision: string;
                /** @description By when it must be closed; RFC 3339. */
                due?: string | null;
                /** @description Its identity within the thing. */
                fingerprint: string;
                /** @description RFC 3339. */
                first_seen: string;
                /**
                 * Format: int64
                 * @description Number of the fix that closes it.
                 */
                fix: number;
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description RFC 3339. */
                last_seen: string;
                /** @description What was found. */
                message: string;
                /** @description Since when it is open without a break; RFC 3339. */
                opened: string;
                /** @description Who does the fix that closes it, or else answers for the thing. */
                owner?: string | null;
                /** @description The first place, `path:line`; empty where there is none. */
                place: string;
                /** @description The rule. */
                rule: string;
                /** @description critical, high, medium, low or info. */
                severity: string;
                /** @description open, fixed or waived. */
                status: string;
                /** @description What kind of problem it is. */
                title: string;
                /** @description Until when it is waived; RFC 3339. */
                waived_until?: string | null;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Fix: {
            /** @description Its entries. */
            items: {
                /** @description Where to do it. */
                asset: string;
                /** @description What is the same to do on other things. */
                change: string;
                /** @description The most urgent decision among them. */
                decision: string;
                /** @description The first day that is due; RFC 3339. */
                due?: string | null;
                /**
                 * Format: int64
                 * @description Open findings that it closes.
                 */
                findings: number;
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description Who does it. */
                owner?: string | null;
                /** @description The gravest severity among them. */
                severity: string;
                /** @description The upgrade that it is: the component, the versions from and to, the way to the component. */
                upgrade?: unknown;
                /** @description What to do. */
                what: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_FrameworkSummary: {
            /** @description Its entries. */
            items: {
                /**
                 * Format: int64
                 * @description How many controls it asks for.
                 */
                controls: number;
                /** @description How many of them are in which state. */
                counts: components["schemas"]["Counts"];
                /** @description Its name: `nist:moderate`. */
                key: string;
                /** @description Where that is published. */
                source: string;
                /** @description Its name for people. */
                title: string;
                /** @description Version of the catalogue that its controls are of. */
                version: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Hold: {
            /** @description Its entries. */
            items: {
                /** @description Who laid it. */
                by: string;
                /** @description When; RFC 3339. */
                created: string;
                /** @description When it was ended; RFC 3339. */
                ended?: string | null;
                /** @description Why. */
                reason: string;
                /**
                 * Format: int64
                 * @description The statement that lays the hold.
                 */
                seq: number;
                /**
                 * Format: int64
                 * @description The statement that is held; every one where there is none.
                 */
                statement?: number | null;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Key: {
            /** @description Its entries. */
            items: {
                /** @description Who registered it. */
                by: string;
                /** @description When it was registered; RFC 3339. */
                created: string;
                /** @description From when; RFC 3339. */
                from?: string | null;
                /** @description `sha256:…` of its public key information. */
                key: string;
                /** @description What it is called. */
                name: string;
                /** @description The public key, in PEM. */
                pem: string;
                /** @description Types of predicates that it may vouch for; empty for all. */
                predicates: string[];
                /** @description When it was revoked; RFC 3339. */
                revoked?: string | null;
                /** @description Why. */
                revoked_because?: string | null;
                /** @description Who revoked it. */
                revoked_by?: string | null;
                /**
                 * Format: int64
                 * @description The statement that registers it.
                 */
                statement: number;
                /** @description What the names of subjects begin with that it may vouch for; empty for all. */
                subjects: string[];
                /** @description Until when; RFC 3339. */
                until?: string | null;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Membership: {
            /** @description Its entries. */
            items: {
                /** @description Whether it is the one that everything is about now. */
                is_current: boolean;
                /** @description What one may do there: viewer, developer, responder or admin. */
                role: string;
                /** @description Its name. */
                tenant: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Person: {
            /** @description Its entries. */
            items: {
                /** @description When they were added; RFC 3339. */
                created: string;
                /** @description When they were shut out; RFC 3339. */
                disabled?: string | null;
                /** @description Whether they have set a password; until then a link lets them in, or another server. */
                has_password: boolean;
                /**
                 * Format: int64
                 * @description Their number.
                 */
                id: number;
                /** @description Whether they sign in through another server. */
                is_federated: boolean;
                /** @description What they sign in as. */
                login: string;
                /** @description What they are called. */
                name: string;
                /** @description What they may do: viewer, developer, responder or admin. */
                role: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Shipper: {
            /** @description Its entries. */
            items: {
                bill?: components["schemas"]["Bill"] | null;
                /**
                 * Format: int64
                 * @description How many components of it this is about.
                 */
                component_count: number;
                /** @description Those, at most ten. */
                components: components["schemas"]["Carried"][];
                /**
                 * Format: int64
                 * @description Its number.
                 */
                id: number;
                /** @description Its identity. */
                key: string;
                /** @description Who answers for it. */
                owner?: string | null;
                /** @description For an image: how it got there. */
                way: components["schemas"]["Hop"][];
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Statement: {
            /** @description Its entries. */
            items: {
                /** @description Who sent it. */
                by: string;
                /**
                 * Format: int64
                 * @description Bytes that were sent.
                 */
                bytes: number;
                /** @description SHA-256 of what was sent, `sha256:…`. */
                digest: string;
                /** @description What it says: the type of its predicate. */
                predicate_type: string;
                /** @description RFC 3339. */
                received: string;
                /**
                 * Format: int64
                 * @description Its place in the log, from 0.
                 */
                seq: number;
                signer?: components["schemas"]["Signer"] | null;
                taken_away?: components["schemas"]["TakenAway"] | null;
                /**
                 * @description Why it is believed: `signed:sha256:…` where a key that was trusted for it has signed it, `untrusted` where it has signatures and
                 *     none counted, `authenticated` where it has none.
                 */
                trust: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Stream: {
            /** @description Its entries. */
            items: {
                /**
                 * Format: int64
                 * @description Alerts that the agent says it dropped, because it had no room for them.
                 */
                dropped: number;
                /**
                 * Format: int64
                 * @description Number of the first alert that could have come in: above 1 where nothing is known of those before.
                 */
                first: number;
                /** @description When its first batch came in; RFC 3339. */
                first_heard: string;
                /** @description The host. */
                host: string;
                /**
                 * Format: int64
                 * @description Alerts that did not come in though the agent says that it sent them.
                 */
                lacking: number;
                /**
                 * Format: int64
                 * @description Number of the last alert.
                 */
                last: number;
                /** @description When its last batch came in; an agent without alerts sends one every hour. RFC 3339. */
                last_heard: string;
                /** @description What the host calls itself. */
                name: string;
                /** @description Its name. */
                stream: string;
                /** @description Version of the agent. */
                version: string;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description One page of a list. */
        Page_Token: {
            /** @description Its entries. */
            items: {
                /** @description RFC 3339. */
                created: string;
                /** @description Until when it holds; RFC 3339. */
                expires?: string | null;
                /** @description What it is revoked by. */
                id: string;
                /** @description Whose it is. */
                login: string;
                /** @description What it is for. */
                name: string;
                /** @description When it was revoked; RFC 3339. */
                revoked?: string | null;
                /** @description What it may do; never more than its owner. */
                role: string;
                /** @description When it was last used, to about a minute; RFC 3339. */
                used?: string | null;
            }[];
            /** @description What to ask for the next page with; absent on the last one. */
            next?: string | null;
        };
        /** @description A path. */
        Path: {
            /**
             * Format: double
             * @description The chance with which all of it is reckoned, 0 to 1.
             */
            chance: number;
            /** @description Its steps. */
            steps: components["schemas"]["Hop"][];
        };
        /** @description Somebody who belongs to the tenant. */
        Person: {
            /** @description When they were added; RFC 3339. */
            created: string;
            /** @description When they were shut out; RFC 3339. */
            disabled?: string | null;
            /** @description Whether they have set a password; until then a link lets them in, or another server. */
            has_password: boolean;
            /**
             * Format: int64
             * @description Their number.
             */
            id: number;
            /** @description Whether they sign in through another server. */
            is_federated: boolean;
            /** @description What they sign in as. */
            login: string;
            /** @description What they are called. */
            name: string;
            /** @description What they may do: viewer, developer, responder or admin. */
            role: string;
        };
        /** @description A part of the policy. */
        Policy: {
            /** @description Its name. */
            name: string;
            /** @description What it says: JSON as text, as it was decided. */
            value: string;
        };
        /** @description Where we stand. */
        Posture: {
            /** @description Last runs of checks, by what became of them: ran, partial, skipped, not-applicable, failed. */
            checks: {
                [key: string]: number;
            };
            /** @description Open findings, by decision. */
            decisions: {
                [key: string]: number;
            };
            /** @description At most 200 checks that did not run to their end, and why: the failed first, then the partial, then the skipped. */
            gaps: components["schemas"]["Gap"][];
            /** @description Open findings, by severity. */
            open: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Open findings that should be closed already.
             */
            overdue: number;
            /** @description At most 200 of them, with what they say: the denied first, then the unknown, the newest of each first. */
            scopes: components["schemas"]["ScopeVerdict"][];
            /** @description Open findings at the end of each of the last ninety days, by severity. */
            trend: components["schemas"]["Day"][];
            /** @description deny where any scope is denied, else unknown where any is unknown, else allow; unknown where nothing was ever looked at. */
            verdict: string;
            /** @description Ways of looking at things, by their last verdict: allow, deny, unknown. */
            verdicts: {
                [key: string]: number;
            };
            /**
             * Format: int64
             * @description Waived findings.
             */
            waived: number;
        };
        /** @description Why a request is not answered. */
        Problem: {
            /** @description What is wrong with this request. */
            detail: string;
            /** @description What to do about it. */
            help?: string;
            /** @description The number of the request, which is in the log of the server too. */
            request_id?: string;
            /**
             * Format: int32
             * @description Status of the answer.
             */
            status: number;
            /** @description The kind in words. */
            title: string;
            /** @description What kind of problem it is: `https://bartizan.dev/problems/NAME`. */
            type: string;
        };
        /** @description What one scan measured. */
        QualityPoint: {
            /** @description When; RFC 3339. */
            at: string;
            /**
             * Format: int64
             * @description Lines of code that were measured.
             */
            code: number;
            /**
             * Format: double
             * @description Cognitive complexity of a function on average; absent where there is none.
             */
            cognitive?: number | null;
            /**
             * Format: double
             * @description Of the lines that can run: how many in a hundred tests ran; absent where no report told of them.
             */
            coverage?: number | null;
            /**
             * Format: double
             * @description Of the lines: how many in a hundred stand somewhere else, too; absent where there are none.
             */
            duplication?: number | null;
            /** @description off, passed, unknown or failed. */
            gate: string;
            /** @description A to E; absent where there is no code. */
            maintainability?: string | null;
            /**
             * Format: int64
             * @description Minutes that it takes to mend what was found.
             */
            minutes: number;
            /** @description A to E; absent where flaws were not looked for. */
            security?: string | null;
            /**
             * Format: int64
             * @description The statement that tells of it.
             */
            statement: number;
            /**
             * Format: int64
             * @description Lines of code of tests.
             */
            tests: number;
        };
        /** @description What scans of a thing measured, the oldest first. */
        QualityTrend: {
            /** @description The last 366 scans at most. */
            points: components["schemas"]["QualityPoint"][];
        };
        /** @description What became of a statement that was sent. */
        Receipt: {
            /** @description The thing that it is about, where it is one. */
            asset?: string | null;
            /**
             * Format: int64
             * @description Components in the inventory.
             */
            components: number;
            /** @description SHA-256 of what was sent. */
            digest: string;
            /**
             * Format: int64
             * @description Findings that are gone.
             */
            fixed: number;
            /** @description Whether it was new; what was there already changes nothing. */
            new: boolean;
            /**
             * Format: int64
             * @description Findings that were not known before.
             */
            opened: number;
            /** @description What was not understood. */
            problems: string[];
            /**
             * Format: int64
             * @description Findings that were fixed and are back.
             */
            reopened: number;
            /**
             * Format: int64
             * @description Findings that were known and are still there.
             */
            seen: number;
            /**
             * Format: int64
             * @description Its place in the log.
             */
            seq: number;
            /**
             * Format: int64
             * @description Findings that are waived since.
             */
            waived: number;
        };
        /** @description Where remediation stands. */
        Remediation: {
            /** @description When this was so; RFC 3339. */
            at: string;
            /** @description The calendar in force. */
            calendar: unknown;
            /** @description The ends of the last days in UTC; the last entry is now. */
            days: components["schemas"]["BurnDay"][];
            /** @description What is open longer than was promised, as one number. */
            debt: components["schemas"]["Debt"];
            /** @description Whether anything was ever looked at. */
            is_known: boolean;
            /** @description Each severity, the gravest first. */
            severities: components["schemas"]["SeverityState"][];
            /**
             * Format: int64
             * @description Days over which `fixed` and what follows from it is counted.
             */
            window_days: number;
        };
        /**
         * @description What somebody may do within a tenant.
         * @enum {string}
         */
        Role: "viewer" | "developer" | "responder" | "admin";
        /** @description One way of looking at a thing. */
        Scope: {
            /** @description What exactly was looked at. */
            build?: string | null;
            /** @description When it was last looked at; RFC 3339. */
            last: string;
            /** @description Its name. */
            name: string;
            /**
             * Format: int64
             * @description The statement about it.
             */
            statement: number;
            /** @description allow, deny or unknown. */
            verdict?: string | null;
        };
        /** @description The last verdict of one way of looking at one thing. */
        ScopeVerdict: {
            /** @description The thing. */
            asset: string;
            /**
             * Format: int64
             * @description Number of the thing.
             */
            asset_id: number;
            /** @description RFC 3339. */
            at: string;
            /** @description Why. */
            reasons: string[];
            /** @description The way. */
            scope: string;
            /**
             * Format: int64
             * @description The statement about it.
             */
            statement: number;
            /** @description allow, deny or unknown. */
            verdict: string;
        };
        /** @description Somebody who is signed in. */
        Session: {
            /** @description What every request but GET and HEAD sends along in `x-bartizan-csrf`; the same until the session ends. */
            csrf: string;
            /** @description When the session ends at the latest; RFC 3339. It ends earlier when it is not used for twelve hours. */
            expires: string;
            /** @description Whether they have a password here; those who sign in through another server have none. */
            has_password: boolean;
            /** @description What they sign in as. */
            login: string;
            /** @description What they are called. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
            /** @description The tenant that everything they ask is about. */
            tenant: string;
        };
        /** @description What a link is used with. */
        SetUp: {
            /** @description The password to sign in with from now on: 12 characters or more. */
            password: string;
            /** @description What is in the link. */
            secret: string;
        };
        /** @description One severity. */
        SeverityState: {
            /**
             * Format: int64
             * @description Those that are past their due date.
             */
            breached: number;
            /**
             * Format: int64
             * @description Those that are due before the end of the day in UTC and not past it.
             */
            due_today: number;
            /**
             * Format: int64
             * @description Findings that were fixed within the window.
             */
            fixed: number;
            /**
             * Format: int64
             * @description Hours they were open on average; exact.
             */
            mean_hours?: number | null;
            /**
             * Format: int64
             * @description Hours half of them were open at most; exact to the hour up to ten days, to the day beyond that.
             */
            median_hours?: number | null;
            /** @description Within which time it is to be closed. */
            objective: string;
            /**
             * Format: int64
             * @description Open findings.
             */
            open: number;
            /** @description critical, high, medium or low. */
            severity: string;
            /**
             * Format: int64
             * @description Of those that had an objective: how many per cent were closed within it.
             */
            within_percent?: number | null;
        };
        /** @description A thing that ships it. */
        Shipper: {
            bill?: components["schemas"]["Bill"] | null;
            /**
             * Format: int64
             * @description How many components of it this is about.
             */
            component_count: number;
            /** @description Those, at most ten. */
            components: components["schemas"]["Carried"][];
            /**
             * Format: int64
             * @description Its number.
             */
            id: number;
            /** @description Its identity. */
            key: string;
            /** @description Who answers for it. */
            owner?: string | null;
            /** @description For an image: how it got there. */
            way: components["schemas"]["Hop"][];
        };
        /** @description What one signs in with. */
        SignIn: {
            /** @description An address of mail, or a name. */
            login: string;
            /** @description Their password. */
            password: string;
            /** @description Where to, for those who belong to several tenants; the first where nothing is said. */
            tenant?: string | null;
        };
        /** @description Somebody signed out here, and may want to sign out elsewhere as well. */
        SignedOut: {
            /** @description Where to go for that, at the server through which they signed in. */
            elsewhere: string;
        };
        /** @description A key that vouches for a statement. */
        Signer: {
            /** @description `sha256:…` of its public key information. */
            key: string;
            /** @description What the key is called. */
            name: string;
            /** @description When it was revoked, where it was; RFC 3339. */
            revoked?: string | null;
        };
        /** @description One stage. */
        Stage: {
            /** @description What has to be so. */
            criteria: components["schemas"]["Criterion"][];
            /** @description Whether everything of it is met. */
            is_met: boolean;
            /** @description Its name. */
            name: string;
            /**
             * Format: int32
             * @description 1 to 5.
             */
            number: number;
        };
        /** @description A statement of the ledger. */
        Statement: {
            /** @description Who sent it. */
            by: string;
            /**
             * Format: int64
             * @description Bytes that were sent.
             */
            bytes: number;
            /** @description SHA-256 of what was sent, `sha256:…`. */
            digest: string;
            /** @description What it says: the type of its predicate. */
            predicate_type: string;
            /** @description RFC 3339. */
            received: string;
            /**
             * Format: int64
             * @description Its place in the log, from 0.
             */
            seq: number;
            signer?: components["schemas"]["Signer"] | null;
            taken_away?: components["schemas"]["TakenAway"] | null;
            /**
             * @description Why it is believed: `signed:sha256:…` where a key that was trusted for it has signed it, `untrusted` where it has signatures and
             *     none counted, `authenticated` where it has none.
             */
            trust: string;
        };
        /** @description A step of a path. */
        Step: {
            /** @description What it is, as the middle of a sentence. */
            by: string;
            /**
             * Format: double
             * @description The chance with which it is reckoned, 0 to 1: it puts paths in order and foretells nothing.
             */
            chance: number;
            /**
             * Format: int64
             * @description Number of the thing that it begins at.
             */
            from: number;
            /** @description Whether one of the paths takes it. */
            is_on_path: boolean;
            /**
             * Format: int64
             * @description Number of the thing that it ends at.
             */
            to: number;
        };
        /** @description The story of a finding. */
        Story: {
            /** @description What happened to it, in order. */
            events: components["schemas"]["Event"][];
            /** @description The finding. */
            finding: components["schemas"]["Finding"];
            /** @description It as it was last reported: the finding of the report format (`bartizan schema report`), with code frame, steps, places and fix. */
            report: unknown;
            /** @description The waiver that covers it. */
            waiver?: unknown;
        };
        /** @description An unbroken sequence of alerts of one agent. An agent that lost what it remembers begins another one. */
        Stream: {
            /**
             * Format: int64
             * @description Alerts that the agent says it dropped, because it had no room for them.
             */
            dropped: number;
            /**
             * Format: int64
             * @description Number of the first alert that could have come in: above 1 where nothing is known of those before.
             */
            first: number;
            /** @description When its first batch came in; RFC 3339. */
            first_heard: string;
            /** @description The host. */
            host: string;
            /**
             * Format: int64
             * @description Alerts that did not come in though the agent says that it sent them.
             */
            lacking: number;
            /**
             * Format: int64
             * @description Number of the last alert.
             */
            last: number;
            /** @description When its last batch came in; an agent without alerts sends one every hour. RFC 3339. */
            last_heard: string;
            /** @description What the host calls itself. */
            name: string;
            /** @description Its name. */
            stream: string;
            /** @description Version of the agent. */
            version: string;
        };
        /** @description That what was sent was taken away. The record of the statement stays in the log. */
        TakenAway: {
            /** @description When; RFC 3339. */
            at: string;
            /** @description Who took it away. */
            by: string;
            /** @description Why. */
            reason: string;
            /**
             * Format: int64
             * @description The statement that says so.
             */
            statement: number;
        };
        /** @description A test that bears on a control, and what it found. */
        Test: {
            /** @description What it rests on, newest first, fifty at most. */
            evidence: components["schemas"]["Evidence"][];
            /**
             * Format: int64
             * @description All that it rests on, counted.
             */
            evidence_count: number;
            /**
             * Format: int64
             * @description Findings that were there and are gone.
             */
            fixed_count: number;
            /** @description Its name. */
            id: string;
            /** @description Findings that speak against it, fifty at most. */
            open: components["schemas"]["Against"][];
            /**
             * Format: int64
             * @description All of them, counted.
             */
            open_count: number;
            /** @description pass, fail or no-evidence. */
            outcome: string;
            /** @description What it is asked of. */
            over: string;
            /** @description Why it came out so. */
            reasons: string[];
            /** @description Where that comes from. */
            source: string;
            /**
             * Format: int64
             * @description Pieces of evidence that are too old to count.
             */
            stale_count: number;
            /** @description What is so when it passes. */
            title: string;
            /**
             * Format: int64
             * @description Findings that waivers accept.
             */
            waived_count: number;
            /** @description Why it bears on the control. */
            why: string;
            /**
             * Format: int32
             * @description Days for which evidence counts.
             */
            within_days: number;
        };
        /** @description A token, without what it is known by. */
        Token: {
            /** @description RFC 3339. */
            created: string;
            /** @description Until when it holds; RFC 3339. */
            expires?: string | null;
            /** @description What it is revoked by. */
            id: string;
            /** @description Whose it is. */
            login: string;
            /** @description What it is for. */
            name: string;
            /** @description When it was revoked; RFC 3339. */
            revoked?: string | null;
            /** @description What it may do; never more than its owner. */
            role: string;
            /** @description When it was last used, to about a minute; RFC 3339. */
            used?: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    alerts_streams: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Stream"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    alerts_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description About this thing only, by its identity: a host, a pod, an image. */
                asset: string | null;
                /** @description Of this rule only. */
                rule: string | null;
                /** @description At least so pressing. */
                priority: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Alert"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assets_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Of this kind only: repo, image, host, sbom, … */
                kind: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Asset"];
                };
            };
        };
    };
    assets_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AssetStory"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assets_bills: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Bill"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    assets_quality: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `all` for those of the whole tree, `changes` for those of changes; `all` where nothing is said. */
                scope: string | null;
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QualityTrend"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    attack_paths: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttackPaths"];
                };
            };
        };
    };
    blast: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description A package: package URL with or without version, or name. Trouble begins in everything that ships it. */
                package: string | null;
                /**
                 * @description The fingerprint of a finding about a leaked credential. Trouble begins with what the credential opens, by edges `assumes` of
                 *     `credential:FINGERPRINT`, or where there are none of the things in which it stands.
                 */
                credential: string | null;
                /** @description A host, with or without `host:`. */
                host: string | null;
                /** @description Any thing, by its identity. */
                thing: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Blast"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    changes_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Change"];
                };
            };
        };
    };
    changes_fixes: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Number of the change. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Fix"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    channels_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Channel"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    channels_make: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MakeChannel"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewChannel"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    channels_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    channels_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeChannel"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewChannel"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    channels_test: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChannelTest"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    comparison: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The statement with the bill of materials of the one. */
                from: number;
                /** @description The statement with the bill of materials of the other; the last one of the same thing where nothing is said. */
                to: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Comparison"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compliance_frameworks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Of this thing only: its identity. */
                asset: string | null;
                /** @description Of the things with this label only: `name=value`, or `name` for any value. */
                label: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_FrameworkSummary"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compliance_framework: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name: `nist:moderate`. */
                framework: string;
                /** @description Of this thing only: its identity. */
                asset: string | null;
                /** @description Of the things with this label only: `name=value`, or `name` for any value. */
                label: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FrameworkStanding"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compliance_controls: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name: `nist:moderate`. */
                framework: string;
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Of this thing only: its identity. */
                asset: string | null;
                /** @description Of the things with this label only: `name=value`, or `name` for any value. */
                label: string | null;
                /** @description In this state only: satisfied, not-satisfied, manual or no-evidence. */
                state: string | null;
                /** @description Of this family only: its title. */
                family: string | null;
                /** @description Only those for which something is to be done: all but the satisfied ones, and the manual ones that somebody attests. */
                gaps: boolean | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_ControlStanding"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compliance_control: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the framework: `nist:moderate`. */
                framework: string;
                /** @description Its number: `AC-2(1)`. */
                control: string;
                /** @description Of this thing only: its identity. */
                asset: string | null;
                /** @description Of the things with this label only: `name=value`, or `name` for any value. */
                label: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ControlStory"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    compliance_export: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name: `nist:moderate`. */
                framework: string;
                /** @description Of this thing only: its identity. */
                asset: string | null;
                /** @description Of the things with this label only: `name=value`, or `name` for any value. */
                label: string | null;
                /** @description oscal, csv, html or json; oscal where nothing is said. */
                format: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The report. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/oscal+json": unknown;
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    decisions_decide: {
        parameters: {
            query?: never;
            header?: {
                /** @description For `policy`: the `ETag` of the part as it was read, `GET /api/v1/policies/{name}`; `*` where it must be there. */
                "if-match"?: string | null;
            };
            path?: never;
            cookie?: never;
        };
        /** @description `{"action": "waive" | "end-waiver" | "assign" | "label" | "link" | "unlink" | "policy" | "attest" | "withdraw-attestation" | "trust-key" | "revoke-key" | "hold" | "end-hold", …}` */
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Through this channel only, by its number. */
                channel: number | null;
                /** @description In this state only: waiting, sent or given-up. */
                state: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Delivery"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries_retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is tried again. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: {
                /** @description The place of the statement after which to go on. */
                "Last-Event-ID"?: number | null;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Events whose data is a News, until somebody hangs up. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": components["schemas"]["News"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findings_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description open, fixed or waived; open where nothing is said. */
                status: string | null;
                /** @description Of this thing only, by its identity. */
                asset: string | null;
                /** @description Of this rule only. */
                rule: string | null;
                /** @description At least this severity. */
                severity: string | null;
                /** @description Closed by this fix only. */
                fix: number | null;
                /** @description About this advisory or weakness only. */
                about: string | null;
                /** @description Due before this many milliseconds since 1970. */
                due_before: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Finding"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    findings_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Story"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fixes_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Fix"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    fixes_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Fix"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    gaps_all: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Gaps"];
                };
            };
        };
    };
    gaps_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description bill, provenance or owner. */
                lacks: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Asset"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    holds_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Hold"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    journey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Journey"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    keys_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Key"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_head: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Log"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    log_checkpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Number of the tenant, as in `path` of `/api/v1/log`. */
                tenant: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The checkpoint, a signed note. Tiles lie beside it, at `tile/…`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    oidc_about: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Elsewhere"];
                };
            };
        };
    };
    oidc_callback: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What is exchanged for who they are. */
                code: string | null;
                /** @description Which sign-in it belongs to. */
                state: string | null;
                /** @description Whom it is from (RFC 9207). */
                iss: string | null;
                /** @description Why the other server did not let them in. */
                error: string | null;
                /** @description The same in words. */
                error_description: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the console; signed in where the cookie of a session is set. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    oidc_start: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The tenant, for those who belong to several; the first where nothing is said. */
                tenant: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description To the other server; a cookie for the way back is set. */
            303: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Person"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_add: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AddPerson"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Added"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_change: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Their number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePerson"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    people_link: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Their number. */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Link"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    policies_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name, `objectives` for one. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Policy"];
                };
            };
            /** @description `If-None-Match` names it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    posture: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Posture"];
                };
            };
        };
    };
    remediation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Days of the burn-down, 1 to 366; 90 where nothing is said. */
                days: number | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Remediation"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remediation_due: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description breached for what is past its due date, today for what is due before the end of the day in UTC; breached where nothing is said. */
                when: string | null;
                /** @description At least this severity. */
                severity: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Finding"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remediation_groups: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description owner, asset, kind, or label:NAME; owner where nothing is said. */
                by: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Groups"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_who: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignIn"];
            };
        };
        responses: {
            /** @description Signed in; the cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out; the cookie is taken away. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedOut"];
                };
            };
            /** @description Signed out; the cookie is taken away. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangePassword"];
            };
        };
        responses: {
            /** @description Changed; another cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_go_to_tenant: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GoTo"];
            };
        };
        responses: {
            /** @description There; another cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_tenants: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Membership"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_sign_out_everywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out; the cookie is taken away. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedOut"];
                };
            };
            /** @description Signed out; the cookie is taken away. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    access_set_up: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SetUp"];
            };
        };
        responses: {
            /** @description Signed in; the cookie is set. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ships: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description A package: package URL with or without version, name, or name of the source package. */
                package: string | null;
                /** @description An advisory, by any of its names: CVE-…, GHSA-…; what has a finding about it that is not fixed. */
                advisory: string | null;
                /** @description A licence: an identifier of SPDX, or a whole expression as it is declared. */
                license: string | null;
                /** @description An image, with or without `image:`: what is built from it or deployed as it. */
                image: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Shipper"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    statements_list: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description `next` of the page before. */
                cursor: string | null;
                /** @description How many entries, 1 to 500; 50 where nothing is said. */
                limit: number | null;
                /** @description Of this predicate type only. */
                predicate_type: string | null;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Statement"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    statements_take: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description An in-toto Statement, or a DSSE envelope. */
        requestBody?: {
            content: {
                "application/vnd.in-toto+json": unknown;
            };
        };
        responses: {
            /** @description Known before */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            /** @description Taken in */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Receipt"];
                };
            };
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            507: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    statements_one: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its place in the log. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Statement"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    statements_body: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its place in the log. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The statement or envelope; its `ETag` is its digest. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            /** @description `If-None-Match` names it. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    statements_forget: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its place in the log. */
                seq: number;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Forget"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Forgotten"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tokens_list: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page_Token"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tokens_make: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MakeToken"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewToken"];
                };
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
    tokens_revoke: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its `id`. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It no longer holds. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
