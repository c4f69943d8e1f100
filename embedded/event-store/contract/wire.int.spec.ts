// What the client's API doesn't show, on the wire: with the client's own generated service definitions.

import { randomUUID } from 'node:crypto';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import monitoringService from '@eventstore/db-client/generated/monitoring_grpc_pb.js';
import monitoring from '@eventstore/db-client/generated/monitoring_pb.js';
import featuresService from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, newStream, type Server, servers } from './server.ts';

const { ReadReq, BatchAppendReq, AppendReq } = streams;

describe.each(servers)('the wire of %s', (_, start) => {
  let server: Server;
  let address: string;
  let client: InstanceType<typeof streamsService.StreamsClient>;
  beforeAll(async () => {
    server = await start();
    address = new URL(server.url.replace('esdb:', 'http:')).host;
    client = new streamsService.StreamsClient(address, grpc.credentials.createInsecure());
  });
  afterAll(async () => {
    client?.close();
    await server?.stop();
  });

  const identifier = (stream: string) => {
    const message = new shared.StreamIdentifier();
    message.setStreamName(Buffer.from(stream));
    return message;
  };
  const readOptions = (stream: string, count = 100) => {
    const options = new ReadReq.Options();
    const source = new ReadReq.Options.StreamOptions();
    source.setStreamIdentifier(identifier(stream));
    source.setStart(new shared.Empty());
    options.setStream(source);
    options.setCount(String(count));
    options.setNoFilter(new shared.Empty());
    options.setUuidOption(new ReadReq.Options.UUIDOption().setStructured(new shared.Empty()));
    return options;
  };
  type Options = ReturnType<typeof readOptions>;
  const read = (options: Options): Promise<streams.ReadResp[]> =>
    new Promise((resolve, reject) => {
      const responses: streams.ReadResp[] = [];
      const call = client.read(new ReadReq().setOptions(options));
      call.on('data', (response: streams.ReadResp) => responses.push(response));
      call.on('error', reject);
      call.on('end', () => resolve(responses));
    });
  const batch = (
    fill: (request: streams.BatchAppendReq, options: streams.BatchAppendReq.Options) => void,
    events: readonly string[] = [randomUUID()],
  ): Promise<streams.BatchAppendResp> =>
    new Promise((resolve, reject) => {
      const call = client.batchAppend();
      call.on('data', (response: streams.BatchAppendResp) => {
        resolve(response);
        call.end();
      });
      call.on('error', reject);
      const request = new BatchAppendReq();
      request.setCorrelationId(new shared.UUID().setString(randomUUID()));
      request.setIsFinal(true);
      for (const id of events) {
        const message = new BatchAppendReq.ProposedMessage().setId(new shared.UUID().setString(id));
        message.getMetadataMap().set('type', 'happened').set('content-type', 'application/json');
        message.setData(Buffer.from('{}'));
        request.addProposedMessages(message);
      }
      const options = new BatchAppendReq.Options();
      fill(request, options);
      request.setOptions(options);
      call.write(request);
    });
  const appended = async (count: number) => {
    const stream = newStream();
    const ids = Array.from({ length: count }, () => randomUUID());
    await batch((_, options) => options.setStreamIdentifier(identifier(stream)).setAny(new shared.Empty()), ids);
    return { stream, ids };
  };
  const detail = (response: streams.BatchAppendResp) => response.getError()?.getDetails()?.getTypeUrl();

  it('echoes the stream and the correlation id, and answers a new stream with revision and position', async () => {
    const stream = newStream();
    let correlation = '';
    const response = await batch((request, options) => {
      correlation = request.getCorrelationId()?.getString() ?? '';
      options.setStreamIdentifier(identifier(stream)).setNoStream(new shared.Empty());
    });
    expect(response.getCorrelationId()?.getString()).toBe(correlation);
    expect(Buffer.from(response.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe(stream);
    expect(response.hasNoStream()).toBe(true);
    expect(response.getSuccess()?.getCurrentRevision()).toBe('0');
    expect(response.getSuccess()?.getPosition()?.getCommitPosition()).toBe(response.getSuccess()?.getPosition()?.getPreparePosition());
  });

  it('answers an empty append to nothing with no stream', async () => {
    const response = await batch((_, options) => options.setStreamIdentifier(identifier(newStream())).setAny(new shared.Empty()), []);
    expect([response.getSuccess()?.hasNoStream(), response.getSuccess()?.hasNoPosition()]).toEqual([true, true]);
  });

  it('packs a conflict as a status with details', async () => {
    const { stream } = await appended(2);
    const response = await batch((_, options) => options.setStreamIdentifier(identifier(stream)).setStreamPosition('5'));
    const error = response.getError();
    expect([error?.getCode(), error?.getMessage()]).toEqual([6, 'WrongExpectedVersion']);
    expect(detail(response)).toBe('type.googleapis.com/event_store.client.WrongExpectedVersion');
    const conflict = shared.WrongExpectedVersion.deserializeBinary(error?.getDetails()?.getValue_asU8() ?? new Uint8Array());
    expect([conflict.getCurrentStreamRevision(), conflict.getExpectedStreamPosition()]).toEqual(['1', '5']);
  });

  it('refuses an id that is none, and an event without a type', async () => {
    const bad = await batch((_, options) => options.setStreamIdentifier(identifier(newStream())).setAny(new shared.Empty()), ['no uuid']);
    expect(bad.getError()?.getCode()).toBe(3);
    const untyped = await batch((request, options) => {
      request.getProposedMessagesList()[0]?.getMetadataMap().del('type');
      options.setStreamIdentifier(identifier(newStream())).setAny(new shared.Empty());
    });
    expect(untyped.getError()?.getCode()).toBe(3);
  });

  it('fills the old and the new fields of a conflict on Append', async () => {
    const { stream } = await appended(1);
    const response = await new Promise<streams.AppendResp>((resolve, reject) => {
      const call = client.append((error, answer) => (error ? reject(error) : resolve(answer)));
      call.write(new AppendReq().setOptions(new AppendReq.Options().setStreamIdentifier(identifier(stream)).setStreamExists(new shared.Empty())));
      call.end();
    });
    expect(response.getSuccess()?.getCurrentRevision()).toBe('0');
    const conflict = await new Promise<streams.AppendResp>((resolve, reject) => {
      const call = client.append((error, answer) => (error ? reject(error) : resolve(answer)));
      call.write(new AppendReq().setOptions(new AppendReq.Options().setStreamIdentifier(identifier(stream)).setRevision('9')));
      call.end();
    });
    const wrong = conflict.getWrongExpectedVersion();
    expect([wrong?.getCurrentRevision(), wrong?.getExpectedRevision(), wrong?.getCurrentRevision2060(), wrong?.getExpectedRevision2060()]).toEqual([
      '0',
      '9',
      0,
      9,
    ]);
  });

  it('gives ids as two numbers if so asked', async () => {
    const { stream, ids } = await appended(2);
    const responses = await read(readOptions(stream));
    const halves = responses.map((response) => response.getEvent()?.getEvent()?.getId()?.getStructured());
    const hex = (half: string | undefined) =>
      BigInt.asUintN(64, BigInt(half ?? 0))
        .toString(16)
        .padStart(16, '0');
    expect(halves.map((half) => hex(half?.getMostSignificantBits()) + hex(half?.getLeastSignificantBits()))).toEqual(ids.map((id) => id.replaceAll('-', '')));
  });

  it('has type, created (ticks) and content type in the recorded metadata', async () => {
    const { stream } = await appended(1);
    const [response] = await read(readOptions(stream));
    const metadata = response?.getEvent()?.getEvent()?.getMetadataMap();
    expect(metadata?.get('type')).toBe('happened');
    expect(metadata?.get('content-type')).toBe('application/json');
    const age = Date.now() - Number(BigInt(metadata?.get('created') ?? 0) / 10_000n);
    expect(Math.abs(age)).toBeLessThan(60_000);
  });

  it('tells the first and last revision to those who ask for compatibility', async () => {
    const { stream } = await appended(3);
    const options = readOptions(stream);
    options.setControlOption(new ReadReq.Options.ControlOption().setCompatibility(1));
    const whole = await read(options);
    expect(whole.map((response) => response.getContentCase())).toEqual([1, 1, 1, 6]);
    expect(whole.at(-1)?.getLastStreamPosition()).toBe('2');
    options.getStream()?.setRevision('7');
    const empty = await read(options);
    expect(empty.map((response) => response.getContentCase()).toSorted()).toEqual([5, 6]);
  });

  it('refuses a filtered subscription whose checkpoint interval is 0', async () => {
    const options = new ReadReq.Options();
    options.setAll(new ReadReq.Options.AllOptions().setStart(new shared.Empty()));
    options.setSubscription(new ReadReq.Options.SubscriptionOptions());
    const filter = new ReadReq.Options.FilterOptions().setCount(new shared.Empty());
    filter.setEventType(new ReadReq.Options.FilterOptions.Expression().setPrefixList(['x']));
    options.setFilter(filter);
    await expect(read(options)).rejects.toMatchObject({ code: 2 });
  });

  it('filters reads of $all', async () => {
    const { stream, ids } = await appended(3);
    await appended(3);
    const options = new ReadReq.Options();
    options.setAll(new ReadReq.Options.AllOptions().setStart(new shared.Empty()));
    options.setCount('2');
    const filter = new ReadReq.Options.FilterOptions().setCount(new shared.Empty());
    filter.setStreamIdentifier(new ReadReq.Options.FilterOptions.Expression().setPrefixList([stream]));
    filter.setCheckpointintervalmultiplier(1);
    options.setFilter(filter);
    options.setUuidOption(new ReadReq.Options.UUIDOption().setString(new shared.Empty()));
    const seen = (await read(options)).filter((response) => response.hasEvent());
    expect(seen.map((response) => response.getEvent()?.getEvent()?.getId()?.getString())).toEqual(ids.slice(0, 2));
  });

  it('answers what it does not know with unimplemented', async () => {
    const unknown = new grpc.Client(address, grpc.credentials.createInsecure());
    const pass = (bytes: Buffer) => bytes;
    const call = new Promise((_, reject) =>
      unknown.makeUnaryRequest('/event_store.client.users.Users/Create', pass, pass, Buffer.alloc(0), (error) => reject(error)),
    );
    await expect(call).rejects.toMatchObject({ code: 12 });
    unknown.close();
  });

  it('names its methods in lower case', async () => {
    const features = new featuresService.ServerFeaturesClient(address, grpc.credentials.createInsecure());
    const methods = await new Promise<string[]>((resolve, reject) =>
      features.getSupportedMethods(new shared.Empty(), (error, answer) =>
        error ? reject(error) : resolve(answer.getMethodsList().map((one) => `${one.getServiceName()}/${one.getMethodName()}(${one.getFeaturesList()})`)),
      ),
    );
    expect(methods).toEqual(
      expect.arrayContaining([
        'event_store.client.streams.streams/batchappend(deadline_duration)',
        'event_store.client.streams.streams/append()',
        'event_store.client.persistent_subscriptions.persistentsubscriptions/read(stream,all)',
        'event_store.client.gossip.gossip/read()',
        'event_store.client.monitoring.monitoring/stats()',
        'event_store.client.server_features.serverfeatures/getsupportedmethods()',
      ]),
    );
    features.close();
  });

  it('gossips of one leader, and clients with a preference find it', async () => {
    const gossiper = new gossipService.GossipClient(address, grpc.credentials.createInsecure());
    const members = await new Promise<gossip.MemberInfo[]>((resolve, reject) =>
      gossiper.read(new shared.Empty(), (error, answer) => (error ? reject(error) : resolve(answer.getMembersList()))),
    );
    gossiper.close();
    expect(members.map((member) => [member.getState(), member.getIsAlive()])).toEqual([[gossip.MemberInfo.VNodeState.LEADER, true]]);
    expect(`${members[0]?.getHttpEndPoint()?.getAddress()}:${members[0]?.getHttpEndPoint()?.getPort()}`).toBe(address);
    const choosy = connect(`${server.url}${server.url.includes('?') ? '&' : '?'}nodePreference=leader`);
    await expect(choosy.getStreamMetadata(newStream())).resolves.toBeDefined();
    await choosy.dispose();
  });

  it('streams its statistics', async () => {
    const monitor = new monitoringService.MonitoringClient(address, grpc.credentials.createInsecure());
    const call = monitor.stats(new monitoring.StatsReq().setRefreshTimePeriodInMs('100'));
    let seen = 0;
    for await (const answer of call) {
      const stats: monitoring.StatsResp = answer;
      expect(stats.getStatsMap().getLength()).toBeGreaterThan(0);
      seen += 1;
      if (seen === 2) break;
    }
    monitor.close();
    expect(seen).toBe(2);
  });
});
