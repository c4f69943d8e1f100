import { plain } from './elements.js';
import { cancelButton } from './notification-commands.js';
import { snapshot } from './notification-snapshot.js';
import { versionsPage } from './versions.js';

/** One notification: what became of it, and how. */
export const notificationPage = (id, { version }) =>
  versionsPage({
    service: 'notification',
    path: `/api/v1/notifications/${encodeURIComponent(id)}`,
    id,
    title: 'Notification',
    list: { href: '#/notifications', name: 'Notifications' },
    asked: version,
    buttons: cancelButton,
    snapshot,
    about,
  });

/** Of several deliveries, which one an event is of; and by whom. */
const about = ({ data: { of, provider, what } }) => [of?.channel, provider, what].filter(Boolean).map(plain).join(' · ');
