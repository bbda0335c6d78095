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
        /** @description Open findings at the end of a day. */
        Day: {
            /** @description The day, `2027-03-01`. */
            day: string;
            /** @description By severity. */
            open: {
                [key: string]: number;
            };
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
        /** @description A link that lets somebody in once, to set a password. */
        Link: {
            /** @description Until when it holds; RFC 3339. */
            expires: string;
            /** @description Where to open it, behind the address of the server: `/#/setup/…`. It is shown this once. */
            link: string;
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
        /** @description A token that was made. */
        NewToken: {
            /** @description What is sent as `Authorization: Bearer …`; it is shown this once. */
            secret: string;
            /** @description The token. */
            token: components["schemas"]["Token"];
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
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description `{"action": "waive" | "end-waiver" | "assign" | "label" | "link" | "policy" | "attest" | "withdraw-attestation", …}` */
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
