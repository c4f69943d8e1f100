import { providerContract } from '../../providers/payment/contract.ts';
import { openGiftCards } from './gift-cards.ts';

providerContract(
  'gift cards',
  {
    success: 'gift_20000',
    declined: 'gift_1',
    softDecline: 'gift_2',
    strangers: ['tok_success', 'pm_card_visa', ''],
    inexpressible: [{ amount: 100, currency: 'JPY' }],
  },
  async () => {
    const { provider, moved, goAway } = openGiftCards('secret');
    return { provider, moved: async (attemptId) => moved(attemptId), breakDown: async () => goAway(), close: async () => {} };
  },
);
