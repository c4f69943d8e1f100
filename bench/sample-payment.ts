/** A usual order: a customer who gets a receipt, a reference, a word on what it is. */
export const samplePayment = (customer: string) => ({
  amount: 4_999,
  currency: 'EUR',
  customer: { id: customer, email: `${customer}@shop.example`, name: 'Ada Example', country: 'DE' },
  reference: `order-${customer}`,
  description: 'Two tickets, row 12',
  metadata: { channel: 'web' },
});
