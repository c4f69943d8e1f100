const at = '2026-06-01T10:00:00.000Z';
const payment = { paymentId: '0198f2c4-7a1e-7c3d-9b52-3f6d8a1e5c77', amount: 10_450, currency: 'EUR', reference: 'order <7>' };
const url = 'https://shop.example/orders/7?a=1&b=2';

/** For each template that comes with the service: all that it can be given, and the least that it needs. */
export const samples: Readonly<Record<string, { full: Record<string, unknown>; least: Record<string, unknown> }>> = {
  payment_receipt: {
    full: {
      ...payment,
      name: 'Ada & Bob',
      url,
      paidAt: at,
      items: [
        { title: 'Walking boots, waterproof, size 42', quantity: 1, amount: 8_950 },
        { title: 'Wool socks', quantity: 2, amount: 1_500 },
      ],
    },
    least: { paymentId: 'p1', amount: 5, currency: 'JPY', paidAt: at },
  },
  payment_refund: {
    full: { ...payment, name: 'Ada & Bob', url, refundedAt: at, refundId: '0198f2c4-9b00-7d11-8a2f-1c2d3e4f5a6b' },
    least: { paymentId: 'p1', amount: 5, currency: 'JPY', refundedAt: at },
  },
  payment_failed: {
    full: { ...payment, name: 'Ada & Bob', url, failedAt: at, declineCode: 'insufficient_funds' },
    least: { paymentId: 'p1', amount: 5, currency: 'JPY', failedAt: at },
  },
  payment_attention: {
    full: { ...payment, kind: 'dispute_opened', provider: 'stripe', at, dueBy: '2026-06-15T10:00:00Z', url },
    least: { paymentId: 'p1', amount: 5, currency: 'JPY', kind: 'refund_failed', at },
  },
  payment_dispute: {
    full: {
      ...payment,
      disputeId: 'dp_1PgafyB7WZ01zgkW',
      status: 'opened',
      reason: 'product not received',
      provider: 'stripe',
      evidenceDueBy: '2026-06-15T10:00:00Z',
      url,
    },
    least: { paymentId: 'p1', disputeId: 'd1', amount: 5, currency: 'JPY', status: 'lost' },
  },
  order_shipped: {
    full: {
      reference: 'order <7>',
      name: 'Ada & Bob',
      carrier: 'DHL',
      trackingNumber: '00340434161094042557',
      trackingUrl: 'https://track.example/00340434161094042557',
      expectedOn: '2026-06-03',
      items: [{ title: 'Walking boots, waterproof, size 42' }, { title: 'Wool socks', quantity: 2 }],
    },
    least: { reference: 'order-7' },
  },
  sign_in_code: {
    full: { code: '428 913'.replace(' ', ''), expiresInMinutes: 10, name: 'Ada & Bob', domain: 'shop.example', device: 'Firefox on Windows', requestedAt: at },
    least: { code: '4289', expiresInMinutes: 1 },
  },
  password_reset: {
    full: { url: 'https://shop.example/reset?token=abc&user=1', expiresInMinutes: 30, name: 'Ada & Bob', device: 'Firefox on Windows', requestedAt: at },
    least: { url: 'https://shop.example/reset', expiresInMinutes: 1 },
  },
  welcome: { full: { url: 'https://shop.example/account', shop: 'Boots <& Co>', name: 'Ada & Bob' }, least: { url: 'https://shop.example/account' } },
  endpoint_disabled: { full: { endpointId: 'e-7', reason: 'gone', at }, least: { endpointId: 'e-7', reason: 'failing', at } },
  digest: {
    full: {
      items: [
        { title: 'Eve <3 answered your question', body: 'Yes, the boots come in size 42 as well.', url: 'https://shop.example/q/1' },
        { title: 'Your review was helpful to somebody' },
        { title: 'Wool socks are back', body: 'You asked to be told.', url: 'https://shop.example/socks' },
      ],
      count: 5,
      more: 2,
      name: 'Ada & Bob',
      url: 'https://shop.example/messages',
    },
    least: { items: [{ title: 'One thing' }], count: 1 },
  },
};
