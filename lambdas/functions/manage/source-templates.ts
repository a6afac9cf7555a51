/** A known sender of webhooks, by which a source can be labelled. */
export interface SourceTemplate {
  /** What a source's `template` says. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** The `verification_type` of a source that verifies this sender; null where it does not sign. */
  readonly verification_type: string | null;
  readonly verification_header: string | null;
}

const template = (id: string, name: string, what: string, type: string | null, header: string | null) => ({
  id,
  name,
  description: what,
  verification_type: type,
  verification_header: header,
});

/** The templates of `GET /v1/sources/templates`. A source may name any other: it is only a label. */
export const SOURCE_TEMPLATES: readonly SourceTemplate[] = [
  template('standard-webhooks', 'Standard Webhooks', 'Senders that sign to the spec', 'standard', 'webhook-signature'),
  template('github', 'GitHub', 'Repository and organization events', 'github', 'x-hub-signature-256'),
  template('stripe', 'Stripe', 'Payments, invoices, subscriptions', 'stripe', 'stripe-signature'),
  template('shopify', 'Shopify', 'Orders, products, customers', 'shopify', 'x-shopify-hmac-sha256'),
  template('slack', 'Slack', 'Events of a workspace', 'slack', 'x-slack-signature'),
  template('custom', 'Custom', 'Any sender, any content type', null, null),
];
