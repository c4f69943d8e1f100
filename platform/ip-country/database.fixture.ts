// Writes small database files in MaxMind's format (MaxMind DB File Format Specification 2.0), for IPv4 networks.

type Value = string | number | { readonly [key: string]: Value };
type Node = { 0?: Node; 1?: Node; value?: number };

/** `{ '203.0.113.0/24': { country: { iso_code: 'GB' } } }` as the bytes of a file. */
export const databaseOf = (networks: Readonly<Record<string, Value>>): Buffer => {
  const data: Buffer[] = [];
  const root: Node = {};
  for (const [network, value] of Object.entries(networks)) {
    put(
      root,
      bitsOf(network),
      data.reduce((sum, { length }) => sum + length, 0),
    );
    data.push(encode(value));
  }
  const nodes = nodesOf(root);
  const record = (child: Node | undefined): Buffer => {
    const pointer = child?.value === undefined ? (child ? nodes.indexOf(child) : nodes.length) : nodes.length + 16 + child.value;
    return Buffer.from([pointer >> 16, (pointer >> 8) & 255, pointer & 255]);
  };
  const tree = nodes.flatMap((node) => [record(node[0]), record(node[1])]);
  const metadata = encode({
    node_count: nodes.length,
    record_size: 24,
    ip_version: 4,
    database_type: 'Test',
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_700_000_000,
  });
  return Buffer.concat([...tree, Buffer.alloc(16), ...data, Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'), metadata]);
};

const bitsOf = (network: string): number[] => {
  const [address = '', length] = network.split('/');
  const bits = address.split('.').flatMap((octet) => [...Number(octet).toString(2).padStart(8, '0')].map(Number));
  return bits.slice(0, Number(length));
};

const put = (node: Node, [bit, ...rest]: readonly number[], value: number): void => {
  if (bit !== 0 && bit !== 1) {
    node.value = value;
    return;
  }
  const child = node[bit] ?? {};
  node[bit] = child;
  put(child, rest, value);
};

const nodesOf = (node: Node): Node[] => (node.value === undefined ? [node, ...[node[0], node[1]].flatMap((child) => (child ? nodesOf(child) : []))] : []);

/** Control byte: type in the upper three bits, size in the lower five; sizes up to 28 are all that these need. */
const encode = (value: Value): Buffer => {
  if (typeof value === 'string') return Buffer.concat([Buffer.from([(2 << 5) | value.length]), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([Buffer.from([(6 << 5) | 4]), bytes]);
  }
  const entries = Object.entries(value);
  return Buffer.concat([Buffer.from([(7 << 5) | entries.length]), ...entries.flatMap(([key, inner]) => [encode(key), encode(inner)])]);
};
