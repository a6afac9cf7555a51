import type { ReceiverOptions } from '../support/receiver';

type Headers = NonNullable<ReceiverOptions['headers']>;

/** What an Express application behind nginx answers with; Node adds `date` and `connection`. */
export const WEB_SERVER: Headers = {
  server: 'nginx/1.27.3',
  'content-type': 'application/json; charset=utf-8',
  'content-length': '11',
  'x-powered-by': 'Express',
  etag: 'W/"b-Ai2R8hgEarLmHKwesT1qcY913ys"',
  vary: 'Accept-Encoding',
  'x-request-id': '5f2c1c2e-7d0b-4c1e-9a55-2b6f3f0d8e71',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

/** What the same application answers with behind Cloudflare, which is typical of what proxies and CDNs add. */
export const CDN: Headers = {
  ...WEB_SERVER,
  server: 'cloudflare',
  'cf-ray': '8e7d2f4a5b6c7d8e-FRA',
  'cf-cache-status': 'DYNAMIC',
  'report-to':
    '{"endpoints":[{"url":"https:\\/\\/a.nel.cloudflare.com\\/report\\/v4?s=Qm9Zk3o1xYv7pT0sW2eR4uI6oP8aS0dF1gH3jK5lZ7xC9vB%2FqW1eR3tY5uI7oP9aS2dF4gH6jK8l%2BZ0xC2vB4nM6qW8eR%3D%3D"}],"group":"cf-nel","max_age":604800}',
  nel: '{"success_fraction":0,"report_to":"cf-nel","max_age":604800}',
  'alt-svc': 'h3=":443"; ma=86400',
  'server-timing':
    'cfL4;desc="?proto=TCP&rtt=8213&min_rtt=7942&rtt_var=2514&sent=6&recv=8&lost=0&retrans=0&sent_bytes=3394&recv_bytes=2211&delivery_rate=364643&cwnd=252&unsent_bytes=0&cid=9f1b2c3d4e5f6071&ts=118&x=0"',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'strict-origin-when-cross-origin',
};
