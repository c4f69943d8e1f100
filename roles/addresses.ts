import type { Config } from '../platform/config.ts';

/** Where the services are reached: as configured, else host and port, which are only known once they listen where the port is free to choose. */
export const serviceAddresses = (config: Config) => {
  const ports = { payment: config.PAYMENT_PORT, notification: config.NOTIFICATION_PORT };
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST.replace(/^0\.0\.0\.0$/, '127.0.0.1');
  return {
    payment: (): string => config.PAYMENT_PUBLIC_URL ?? `http://${host}:${ports.payment}`,
    notification: (): string => config.NOTIFICATION_PUBLIC_URL ?? `http://${host}:${ports.notification}`,
    listening: (service: 'payment' | 'notification', port: number): void => {
      ports[service] = port;
    },
  };
};
