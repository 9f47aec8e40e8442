import type { Environment } from "../../../environment";
import { applied } from "../applied";
import { eventually, get, kubectl } from "../cli";
import { type Claim, DocumentDoor, type Question, secretOf } from "../documents";
import { forward } from "../forward";
import { HIVE_CLIENT } from "../hive-client";
import { SERVERS } from "../spark";
import { passwordOf } from "../spark-sql";
import { type ClientCertificate, certificate, KAFKA, type Place, python, speak } from "./ask";
import type { Outcome, Row } from "./table";

/** A step whose network policies and credentials the questions to Kafka and PostgreSQL use. */
const STEP = "flights-counter";

const NOT_A_TOKEN = "it knows users and passwords, not tokens";

/** A pod like those of a step of the pipelines, which waits to be asked; answers what takes it away again. */
export async function startAsker(environment: Environment): Promise<{ place: Place; stop: () => Promise<void> }> {
  const namespace = environment.workloads[STEP]?.namespace ?? "";
  const { template } = await get<{ template: PodTemplate }>("podtemplate", STEP, "--namespace", namespace);
  const name = "access-test";
  const stop = await applied([
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace, labels: template.metadata.labels },
      spec: {
        ...template.spec,
        containers: template.spec.containers.map((each) => ({ ...each, command: ["sleep", "1800"], args: [] })),
      },
    },
  ]);
  await kubectl("wait", "--for=condition=Ready", `pod/${name}`, "--namespace", namespace, "--timeout=2m");
  return { place: { namespace, target: name }, stop };
}

interface PodTemplate {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly object[] };
}

/** The services that hold data; `asker` is the pod of `startAsker`. */
export function stores({ workloads }: Environment, asker: () => Place): Row[] {
  const namespaceOf = (workload: string) => workloads[workload]?.namespace ?? "";
  const data = namespaceOf("kafka");
  const worker = { namespace: namespaceOf("airflow-worker"), target: "statefulset/airflow-worker-default" };

  const kafka = (...rest: string[]) => python(asker(), ...KAFKA_CLIENT, ...rest);
  const brokers = async (client: Partial<ClientCertificate>) => {
    const way = await forward(data, "pod/kafka-0", workloads["kafka"]?.ports["brokers"] ?? 0);
    return speak(way.port, KAFKA, client).finally(way.close);
  };
  const postgres = (changes: string) => python(asker(), ...POSTGRES_CLIENT, `ask(${changes})`);
  const valkey = (...lines: string[]) => python(worker, ...VALKEY_CLIENT, `say(${lines.join(", ")})`);
  const objects = (...rest: string[]) => python(worker, ...S3_CLIENT, ...rest);
  const sql = (session: string) =>
    python({ namespace: SERVERS, target: "deployment/spark-sql" }, ...HIVE_CLIENT, `session(${session})`);
  const bi = async (rest = "") => sql(`'bi', '${await passwordOf("bi")}'${rest}`);
  const documents = async (change: (own: Claim) => Claim = (own) => own, database = "flights"): Promise<Outcome> => {
    const { username, password, "ca.crt": ca } = await secretOf(DOCUMENTS.namespace, DOCUMENTS.secret);
    const own = { username: username ?? "", password: password ?? "", authSource: "flights" };
    const question: Question = { database, command: { find: "flights", limit: 1 } };
    // data/14-documents, which runs beside this, has the store's pod killed.
    const answer = await eventually("an answer of the document store", 60, async () => {
      const door = await DocumentDoor.open(ca ?? "");
      const [said] = await door.ask([change(own), question]).finally(() => door.close());
      return said !== undefined && "error" in said && said.error === "unreachable" ? undefined : said;
    });
    return "ok" in answer ? "let in" : `error ${answer.error}`;
  };

  return [
    {
      service: "kafka",
      allowed: [() => kafka("topics()"), "let in"],
      anonymous: [
        () => kafka("metadata_without_login()"),
        "asked which words it knows: answered; asked for topics: closed",
      ],
      "wrong password": [
        () => kafka("topics(**{'sasl.password': 'wrong'})"),
        /^_AUTHENTICATION .*invalid credentials/i,
      ],
      "expired token": { none: "the same port takes tokens by another mechanism, which people/18-kafka-login asks" },
      "wrong role": [() => kafka("write('flights')"), "TOPIC_AUTHORIZATION_FAILED"],
    },
    {
      service: "kafka, between brokers",
      allowed: [async () => brokers(await certificate(data, "kafka-admin-tls")), "answered"],
      anonymous: [() => brokers({}), /certificate required/],
      "wrong password": [
        async () => brokers(await certificate(namespaceOf("keda-operator"), "keda-tls")),
        /certificate unknown/,
      ],
      "expired token": { none: "it knows certificates, which last as long as the stack" },
      "wrong role": { none: "its authority signs for brokers and the setup Job alone, who may do everything" },
    },
    {
      service: "postgres",
      allowed: [() => postgres(""), "let in"],
      anonymous: [() => postgres("password=''"), /no password supplied/],
      "wrong password": [() => postgres("password='wrong'"), /password authentication failed for user/],
      "expired token": { none: NOT_A_TOKEN },
      "wrong role": [() => postgres("dbname='keycloak'"), /pg_hba.conf rejects connection .* database "keycloak"/],
    },
    {
      service: "valkey",
      allowed: [() => valkey("LOGIN", "'PING'"), "+PONG"],
      anonymous: [() => valkey("'PING'"), /^-NOAUTH /],
      "wrong password": [() => valkey("f'AUTH {url.username} wrong'"), /^-WRONGPASS /],
      "expired token": { none: NOT_A_TOKEN },
      "wrong role": [() => valkey("LOGIN", "'CONFIG GET requirepass'"), /^-NOPERM /],
    },
    {
      service: "object store",
      allowed: [() => objects("answer(lambda: store().list_objects_v2(Bucket='airflow-logs'))"), "HTTP 200"],
      anonymous: [
        () => objects("answer(lambda: store(signature_version=UNSIGNED).list_objects_v2(Bucket='airflow-logs'))"),
        "HTTP 403 AccessDenied",
      ],
      "wrong password": [
        () => objects("answer(lambda: store('wrong').list_objects_v2(Bucket='airflow-logs'))"),
        "HTTP 403 SignatureDoesNotMatch",
      ],
      "expired token": [() => objects("presigned(5)"), "HTTP 200, then HTTP 403 AccessDenied"],
      "wrong role": [
        () => objects("answer(lambda: store().put_object(Bucket='dags', Key='platform/current', Body=b'x'))"),
        "HTTP 403 AccessDenied",
      ],
    },
    {
      service: "spark SQL",
      allowed: [() => bi(), "let in"],
      anonymous: [() => sql("'', '', 'ANONYMOUS'"), /Unsupported mechanism type ANONYMOUS/],
      "wrong password": [() => sql("'bi', 'wrong'"), /Error validating the login/],
      "expired token": { none: NOT_A_TOKEN },
      "wrong role": [
        () => bi(", statement='CREATE TABLE lake.t AS SELECT 1'"),
        "This endpoint does not allow anything but reading.",
      ],
    },
    {
      service: "mongodb",
      // Codes of MongoDB's own list: https://www.mongodb.com/docs/manual/reference/error-codes/
      allowed: [() => documents(), "let in"],
      anonymous: [() => documents(() => ({})), "error 13"],
      "wrong password": [() => documents((own) => ({ ...own, password: "wrong" })), "error 18"],
      "expired token": { none: NOT_A_TOKEN },
      "wrong role": [() => documents(undefined, "other"), "error 13"],
    },
  ];
}

/** A login of the document store. */
const DOCUMENTS = { namespace: "platform-spark-jobs", secret: "mongodb-flights-spark-job" } as const;

const KAFKA_CLIENT = [
  "import os, socket, ssl, struct",
  "from confluent_kafka import KafkaError, KafkaException, Producer",
  "from confluent_kafka.admin import AdminClient",
  "errors = []",
  "def settings(**changes):",
  "    return {'bootstrap.servers': os.environ['KAFKA_BOOTSTRAP'], 'ssl.ca.location': os.environ['KAFKA_CA'],",
  "        'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'SCRAM-SHA-512', 'log_level': 0,",
  "        'sasl.username': os.environ['KAFKA_USERNAME'], 'sasl.password': os.environ['KAFKA_PASSWORD'],",
  "        'error_cb': errors.append, **changes}",
  "def topics(**changes):",
  "    client = AdminClient(settings(**changes))",
  "    for _ in range(20):",
  "        try:",
  "            error = client.list_topics('flights', timeout=1).topics['flights'].error",
  "            return print('let in' if error is None else error.name())",
  "        except KafkaException:",
  "            client.poll(0.5)",
  "            refusals = [error for error in errors if error.code() == KafkaError._AUTHENTICATION]",
  "            if refusals: return print(refusals[0].name(), refusals[0].str())",
  "    print('no answer in 30 s:', *errors)",
  "def metadata_without_login():",
  "    host, port = os.environ['KAFKA_BOOTSTRAP'].split(',')[0].split(':')",
  "    trust = ssl.create_default_context(cafile=os.environ['KAFKA_CA'])",
  "    with socket.create_connection((host, int(port)), 30) as plain, trust.wrap_socket(plain, server_hostname=host) as way:",
  "        def ask(*request):",
  "            message = struct.pack('>hhih', *request)",
  "            way.sendall(struct.pack('>i', len(message)) + message)",
  "            return 'answered' if way.recv(4096) else 'closed'",
  // Key and version of ApiVersions and Metadata (https://kafka.apache.org/protocol), a number, no client's name.
  "        words = ask(18, 0, 1, -1)",
  "        print(f'asked which words it knows: {words}; asked for topics: {ask(3, 0, 2, -1)}')",
  "def write(topic):",
  "    client = Producer(settings())",
  "    client.produce(topic, b'x', on_delivery=lambda error, _: print(error.name() if error else 'written'))",
  "    client.flush(20)",
];

const POSTGRES_CLIENT = [
  "import os, psycopg",
  "def ask(**changes):",
  "    try:",
  "        if changes.get('password') == '': del os.environ['PGPASSWORD'], changes['password']",
  "        psycopg.connect(connect_timeout=10, **changes).execute('SELECT 1')",
  "        print('let in')",
  "    except psycopg.Error as error:",
  "        print(' '.join(str(error).split()))",
];

/** Valkey's own words, which client libraries shorten. */
const VALKEY_CLIENT = [
  "import os, socket, ssl",
  "from urllib.parse import unquote, urlparse",
  "url = urlparse(os.environ['AIRFLOW__CELERY__BROKER_URL'])",
  "LOGIN = f'AUTH {url.username} {unquote(url.password)}'",
  "def say(*lines):",
  "    trust = ssl.create_default_context(cafile=os.environ['AIRFLOW__CELERY__SSL_CACERT'])",
  "    with socket.create_connection((url.hostname, url.port), 10) as plain:",
  "        with trust.wrap_socket(plain, server_hostname=url.hostname) as connection:",
  "            for line in lines:",
  "                connection.sendall(f'{line}\\r\\n'.encode())",
  "                answer = connection.recv(4096).decode()",
  "    print(answer.splitlines()[0])",
];

const S3_CLIENT = [
  "import os, re, ssl, time, urllib.error, urllib.request, boto3",
  "from botocore import UNSIGNED",
  "from botocore.config import Config",
  "from botocore.exceptions import ClientError",
  "def store(key=None, **config):",
  "    return boto3.client('s3', endpoint_url=os.environ['S3_ENDPOINT'], region_name=os.environ['S3_REGION'],",
  "        aws_access_key_id=os.environ['S3_ACCESS_KEY'], aws_secret_access_key=key or os.environ['S3_SECRET_KEY'],",
  "        verify=os.environ['S3_CA'], config=Config(s3={'addressing_style': 'path'}, **config))",
  "def answer(call):",
  "    try:",
  "        print('HTTP', call()['ResponseMetadata']['HTTPStatusCode'])",
  "    except ClientError as error:",
  "        print('HTTP', error.response['ResponseMetadata']['HTTPStatusCode'], error.response['Error']['Code'])",
  "def opened(url):",
  "    try:",
  "        trust = ssl.create_default_context(cafile=os.environ['S3_CA'])",
  "        return f'HTTP {urllib.request.urlopen(url, context=trust).status}'",
  "    except urllib.error.HTTPError as error:",
  "        code = re.search('<Code>(.*)</Code>', error.read().decode())",
  "        return f'HTTP {error.code} {code[1] if code else None}'",
  "def presigned(seconds):",
  "    url = store(signature_version='s3v4').generate_presigned_url(",
  "        'list_objects_v2', Params={'Bucket': 'airflow-logs'}, ExpiresIn=seconds)",
  "    first = opened(url)",
  "    time.sleep(seconds + 1)",
  "    print(f'{first}, then {opened(url)}')",
];
