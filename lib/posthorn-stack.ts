import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AccessResources } from './access';
import { type Encryption, encryptionFor } from './encryption';
import type { Surroundings } from './environment';
import { EventSources } from './event-sources';
import { EventTable } from './event-table';
import { Functions } from './functions';
import { HttpGateway } from './http-gateway';
import { Alarms } from './monitoring/alarms';
import { OperatorDashboard } from './monitoring/dashboard';
import { DeliveryQueues, SetAsideQueue } from './queues';
import { RetrySchedules, SweepSchedule } from './schedules';
import type { Settings } from './settings';

/** Posthorn's stack. It names neither account nor region, so the same template fits all. */
export class PosthornStack extends Stack {
  private readonly data: EventTable;
  private readonly queues: DeliveryQueues;
  private readonly retries: RetrySchedules;
  private readonly setAside: SetAsideQueue;

  constructor(scope: Construct, settings: Settings) {
    super(scope, settings.stackName, { description: 'Posthorn: webhook delivery' });
    // A first deployment that fails leaves nothing behind: what it created is empty, and would be in the way of the next one.
    const removalPolicy =
      settings.removalPolicy === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
    const encryption = encryptionFor(this, settings, removalPolicy);
    this.data = new EventTable(this, 'Data', {
      removalPolicy,
      deletionProtection: settings.deletionProtection,
      encryption,
    });
    this.queues = new DeliveryQueues(this, 'Queues', {
      removalPolicy,
      maxReceiveCount: settings.maxReceiveCount,
      consumerTimeoutSeconds: settings.deliverTimeoutSeconds,
      encryption,
    });
    this.retries = new RetrySchedules(this, 'Retries', { deliveryQueue: this.queues.deliveryQueue, encryption });
    this.setAside = new SetAsideQueue(this, 'SetAside', { encryption });
    const url = this.addCompute(settings, encryption);
    this.addOutputs(url);
  }

  private addCompute(settings: Settings, encryption: Encryption | undefined): string {
    const { byName } = new Functions(this, 'Functions', {
      settings,
      resources: this.accessResources(),
      encryption,
      surroundings: this.surroundings(),
    });
    this.retries.acknowledgeCreator(byName.deliver.role);
    new EventSources(this, 'EventSources', {
      route: byName.route.function,
      aggregate: byName.aggregate.function,
      deliver: byName.deliver.function,
      streamArn: this.data.streamArn,
      deliveryQueueArn: this.queues.deliveryQueue.queueArn,
      deliverMaxConcurrency: settings.deliverMaxConcurrency,
    });
    new SweepSchedule(this, 'Sweep', { target: byName.sweep.function, intervalMinutes: settings.sweepIntervalMinutes });
    const http = new HttpGateway(this, 'Http', { functions: byName, logRetention: settings.logRetentionDays });
    this.addMonitoring(settings, byName, http.apiId);
    return http.url;
  }

  private addMonitoring(settings: Settings, functions: Functions['byName'], httpApiId: string): void {
    const watched = {
      stackName: settings.stackName,
      functions,
      tableName: this.data.table.tableName,
      indexNames: this.data.indexNames,
      httpApiId,
      deliveryQueue: this.queues.deliveryQueue,
      deadLetterQueue: this.queues.deadLetterQueue,
      setAsideQueue: this.setAside.queue,
      scheduleGroup: this.retries.groupName,
    };
    new Alarms(this, 'Alarms', {
      ...watched,
      topicArn: settings.alarmTopicArn,
      oldestDeliverySeconds: settings.oldestDeliveryAlarmSeconds,
    });
    new OperatorDashboard(this, 'Dashboard', watched);
  }

  private accessResources(): AccessResources {
    return {
      table: [this.data.table.tableArn],
      indexes: this.data.indexArns,
      attentionIndex: [this.data.attentionIndexArn],
      timelineIndex: [this.data.timelineIndexArn],
      stream: [this.data.streamArn],
      deliveryQueue: [this.queues.deliveryQueue.queueArn],
      deadLetterQueue: [this.queues.deadLetterQueue.queueArn],
      setAsideQueue: [this.setAside.queue.queueArn],
      retrySchedules: [this.retries.scheduleArns],
      retryRole: [this.retries.role.roleArn],
    };
  }

  private surroundings(): Surroundings {
    return {
      tableName: this.data.table.tableName,
      deliveryQueueUrl: this.queues.deliveryQueue.queueUrl,
      deadLetterQueueUrl: this.queues.deadLetterQueue.queueUrl,
      setAsideQueueUrl: this.setAside.queue.queueUrl,
      scheduleGroupName: this.retries.groupName,
      scheduleRoleArn: this.retries.role.roleArn,
    };
  }

  private addOutputs(apiUrl: string): void {
    const { deliveryQueue, deadLetterQueue } = this.queues;
    new CfnOutput(this, 'ApiUrl', { value: apiUrl, description: 'Where clients call' });
    new CfnOutput(this, 'TableName', { value: this.data.table.tableName });
    new CfnOutput(this, 'DeliveryQueueUrl', { value: deliveryQueue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueUrl', { value: deadLetterQueue.queueUrl });
    new CfnOutput(this, 'SetAsideQueueUrl', { value: this.setAside.queue.queueUrl });
    new CfnOutput(this, 'DeadLetterQueueArn', { value: deadLetterQueue.queueArn });
  }
}
