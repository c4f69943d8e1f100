// Shows one message inside its frame, which can neither run, load nor send anything of the message's own (the frame's policy sees to it).
window.addEventListener('message', ({ source, data }) => {
  if (source !== window.parent || typeof data?.html !== 'string') return;
  const message = new DOMParser().parseFromString(data.html, 'text/html');
  // They would not be loaded; and one that tells of opening is for the person who was written to.
  for (const image of message.querySelectorAll('img:not([src^="data:"])')) image.remove();
  document.head.replaceChildren(...message.querySelectorAll('style'));
  for (const name of ['style', 'bgcolor', 'dir']) document.body.setAttribute(name, message.body.getAttribute(name) ?? '');
  document.body.replaceChildren(...message.body.childNodes);
  window.parent.postMessage({ height: document.documentElement.scrollHeight }, '*');
});
window.parent.postMessage({ ready: true }, '*');
