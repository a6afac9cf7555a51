import type { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { Encryption } from './encryption';

const INDEXES = [
  { name: 'timeline', partitionKey: 'tlPk', sortKey: 'tlSk' },
  { name: 'by-destination', partitionKey: 'dstPk', sortKey: 'dstSk' },
  { name: 'attention', partitionKey: 'attPk', sortKey: 'attSk' },
] as const;

const text = (name: string) => ({ name, type: AttributeType.STRING });

export interface EventTableProps {
  readonly removalPolicy: RemovalPolicy;
  readonly deletionProtection: boolean;
  readonly encryption: Encryption | undefined;
}

/** The one table: events with everything that came of them, configuration and keys; its stream starts the routing. */
export class EventTable extends Construct {
  readonly table: Table;
  readonly streamArn: string;
  readonly indexNames = INDEXES.map(({ name }) => name);
  /** ARNs of the indexes, each by its name: a policy needs no wildcard to name them. */
  readonly indexArns: readonly string[];
  /** ARN of the index of rare statuses and dead letters. */
  readonly attentionIndexArn: string;
  /** ARN of the index of everything by time. */
  readonly timelineIndexArn: string;

  constructor(scope: Construct, id: string, props: EventTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: text('pk'),
      sortKey: text('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: props.removalPolicy,
      deletionProtection: props.deletionProtection,
      ...(props.encryption !== undefined && {
        encryption: TableEncryption.CUSTOMER_MANAGED,
        encryptionKey: props.encryption.key,
      }),
    });
    for (const index of INDEXES) this.addIndex(index);
    this.streamArn = streamArnOf(this.table);
    this.indexArns = INDEXES.map(({ name }) => this.indexArn(name));
    this.attentionIndexArn = this.indexArn('attention');
    this.timelineIndexArn = this.indexArn('timeline');
  }

  private indexArn(name: (typeof INDEXES)[number]['name']): string {
    return `${this.table.tableArn}/index/${name}`;
  }

  // Keys only: entries are read as keys and fetched by them, so settling a delivery rewrites no index entry.
  private addIndex(index: (typeof INDEXES)[number]): void {
    this.table.addGlobalSecondaryIndex({
      indexName: index.name,
      partitionKey: text(index.partitionKey),
      sortKey: text(index.sortKey),
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}

// CDK types the ARN as optional, because a table may have no stream.
function streamArnOf(table: Table): string {
  if (table.tableStreamArn === undefined) throw new Error(`${table.node.path} has no stream`);
  return table.tableStreamArn;
}
