// The ceiling: what workerd, the socket and the load source leave to any Worker on this machine.
export default {
  fetch() {
    return new Response('pong');
  },
};
