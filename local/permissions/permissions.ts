import { randomUUID } from 'node:crypto';
import type { Call, Interceptor } from '../calls/call';
import { type Answer, jsonAnswer, type Service } from '../calls/call';
import { LocalStackError } from '../errors';
import { ACCOUNT_ID } from '../template/template';
import { dynamoDbNeeds, streamNeeds } from './dynamodb-needs';
import { isAllowed } from './evaluation';
import type { Landscape } from './landscape';
import type { Need } from './need';
import type { Policies } from './policies';
import { schedulerNeeds } from './scheduler-needs';
import { sqsNeeds } from './sqs-needs';

/** Whose permissions are checked: a role, and the name of its session, which messages show. */
export interface Principal {
  readonly roleArn: string;
  /** Name of the function, or of the schedule. */
  readonly session: string;
}

/** One decision of the policies. */
export interface Decision extends Need {
  readonly roleArn: string;
  readonly allowed: boolean;
}

/** A role may not do what it tried. The message is the one of AWS. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';

  constructor(
    { roleArn, session }: Principal,
    readonly need: Need,
  ) {
    const user = `arn:aws:sts::${ACCOUNT_ID}:assumed-role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}/${session}`;
    const action = need.action.startsWith('sqs:') ? need.action.toLowerCase() : need.action;
    super(
      `User: ${user} is not authorized to perform: ${action} on resource: ${need.resource} ` +
        `because no identity-based policy allows the ${action} action`,
    );
  }
}

export interface PermissionsOptions {
  readonly policies: Policies;
  readonly landscape: Landscape;
  /** The roles of the functions, by logical id of the function. */
  readonly functions: ReadonlyMap<string, Principal>;
  readonly log: (line: string) => void;
  /** Receives every decision, each once while it is remembered. */
  readonly decided: (decision: Decision) => void;
}

/** How many decisions are remembered; every schedule has its own name, so there is no end to them. */
const REMEMBERED = 5_000;

/** Checks calls against the template's policies, as IAM would. */
export class Permissions {
  private readonly decisions = new Map<string, boolean>();

  constructor(private readonly options: PermissionsOptions) {}

  get landscape(): Landscape {
    return this.options.landscape;
  }

  /**
   * Refuses calls of functions and their event source mappings that their roles do not allow; other callers may do
   * everything.
   */
  readonly intercept: Interceptor = async (call, forward) => {
    if (call.caller.kind === 'other') return forward(call);
    const refused = await this.refusal(this.principalOf(call.caller.logicalId), this.needsOf(call));
    return refused === undefined ? forward(call) : accessDenied(call.service, refused);
  };

  /** @throws LocalStackError for a function that the template does not have */
  principalOf(logicalId: string): Principal {
    const principal = this.options.functions.get(logicalId);
    if (principal === undefined) throw new LocalStackError(`There is no function ${logicalId}.`);
    return principal;
  }

  /** The first permission that the role's policies do not grant; it is logged, because that should never happen. */
  async refusal(principal: Principal, needs: readonly Need[]): Promise<AccessDeniedError | undefined> {
    for (const need of needs) {
      if (await this.allows(principal.roleArn, need)) continue;
      const error = new AccessDeniedError(principal, need);
      this.options.log(`ACCESS DENIED: ${error.message}`);
      return error;
    }
    return undefined;
  }

  private needsOf({ service, operation, parameters, path }: Call): Need[] {
    switch (service) {
      case 'dynamodb':
        return dynamoDbNeeds({ operation, parameters }, this.landscape);
      case 'dynamodb-streams':
        return streamNeeds({ operation, parameters }, this.landscape);
      case 'sqs':
        return sqsNeeds(operation, parameters, this.landscape);
      case 'scheduler':
        return schedulerNeeds(operation, path, parameters);
    }
  }

  private async allows(roleArn: string, need: Need): Promise<boolean> {
    const id = JSON.stringify([roleArn, need]);
    const known = this.decisions.get(id);
    if (known !== undefined) return known;
    const allowed = await isAllowed(this.options.policies, roleArn, need);
    if (this.decisions.size >= REMEMBERED) this.decisions.clear();
    this.decisions.set(id, allowed);
    this.options.decided({ roleArn, ...need, allowed });
    return allowed;
  }
}

/** A service's answer to a call that the caller's policies do not allow. */
export function accessDenied(service: Service, { message }: Error): Answer {
  const headers = { 'x-amzn-requestid': randomUUID() };
  const type = 'com.amazon.coral.service#AccessDeniedException';
  switch (service) {
    case 'dynamodb':
    case 'dynamodb-streams':
      return jsonAnswer(400, { __type: type, Message: message }, headers);
    case 'sqs':
      // The name that SDKs give the error is the one of the older query protocol.
      return jsonAnswer(403, { __type: type, message }, { ...headers, 'x-amzn-query-error': 'AccessDenied;Sender' });
    case 'scheduler':
      return jsonAnswer(403, { Message: message }, { ...headers, 'x-amzn-errortype': 'AccessDeniedException' });
  }
}
