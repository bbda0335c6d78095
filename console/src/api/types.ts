// Made by `npm run types` from the description of the interface; not written by hand.

export interface paths {
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
        /** Signs out. */
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
         * Sends a statement: an in-toto Statement, or a DSSE envelope with one. When this answers with success the statement is durable.
         *     What is sent twice is taken once.
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
        /** @description Open findings at the end of a day. */
        Day: {
            /** @description The day, `2027-03-01`. */
            day: string;
            /** @description By severity. */
            open: {
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
        /** @description A check that did not run to its end. */
        Gap: {
            /** @description The thing. */
            asset: string;
            /** @description The check. */
            check: string;
            /** @description Why. */
            note: string;
            /** @description partial, skipped or failed. */
            status: string;
        };
        /** @description A link that lets somebody in once, to set a password. */
        Link: {
            /** @description Until when it holds; RFC 3339. */
            expires: string;
            /** @description Where to open it, behind the address of the server: `/#/setup/…`. It is shown this once. */
            link: string;
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
        Page_Person: {
            /** @description Its entries. */
            items: {
                /** @description When they were added; RFC 3339. */
                created: string;
                /** @description When they were shut out; RFC 3339. */
                disabled?: string | null;
                /** @description Whether they have set a password; until then only a link lets them in. */
                has_password: boolean;
                /**
                 * Format: int64
                 * @description Their number.
                 */
                id: number;
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
                /** @description Why it is believed: `signed:KEY` or `authenticated`. */
                trust: string;
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
        /** @description Somebody who belongs to the tenant. */
        Person: {
            /** @description When they were added; RFC 3339. */
            created: string;
            /** @description When they were shut out; RFC 3339. */
            disabled?: string | null;
            /** @description Whether they have set a password; until then only a link lets them in. */
            has_password: boolean;
            /**
             * Format: int64
             * @description Their number.
             */
            id: number;
            /** @description What they sign in as. */
            login: string;
            /** @description What they are called. */
            name: string;
            /** @description What they may do: viewer, developer, responder or admin. */
            role: string;
        };
        /** @description Where we stand. */
        Posture: {
            /** @description Last runs of checks, by what became of them: ran, partial, skipped, failed. */
            checks: {
                [key: string]: number;
            };
            /** @description Open findings, by decision. */
            decisions: {
                [key: string]: number;
            };
            /** @description Checks that did not run to their end, and why. */
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
            /** @description Each way of looking at each thing, with its last verdict. */
            scopes: components["schemas"]["ScopeVerdict"][];
            /** @description Open findings at the end of each of the last ninety days, by severity. */
            trend: components["schemas"]["Day"][];
            /** @description deny where any scope is denied, else unknown where any is unknown, else allow; unknown where nothing was ever looked at. */
            verdict: string;
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
        /** @description What one signs in with. */
        SignIn: {
            /** @description An address of mail, or a name. */
            login: string;
            /** @description Their password. */
            password: string;
            /** @description Where to, for those who belong to several tenants; the first where nothing is said. */
            tenant?: string | null;
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
            /** @description Why it is believed: `signed:KEY` or `authenticated`. */
            trust: string;
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
    decisions_decide: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description `{"action": "waive" | "end-waiver" | "assign" | "label" | "link" | "policy" | "attest", …}` */
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
            413: {
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
            /** @description The statement or envelope. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
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
