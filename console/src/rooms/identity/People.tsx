import { PlusOutlined } from "@ant-design/icons";
import { Button, Card, Space, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmAction } from "@/kit/ConfirmAction";
import { type DataColumn, DataTable } from "@/kit/DataTable";
import { type Filter, FilterBar, isFiltered } from "@/kit/FilterBar";
import { readChoices, readList, useFilters } from "@/kit/filters";
import { formatTime } from "@/kit/format";
import { Page } from "@/kit/Page";
import { StateTag } from "@/kit/StateTag";
import { type Doing, PersonDrawer } from "@/rooms/identity/PersonDrawer";
import { acts, type Person, useAct, usePeople } from "@/rooms/identity/queries";
import { PLATFORM_ROLES, RoleMatrix, TENANT_ROLES } from "@/rooms/identity/RoleMatrix";
import { may, useSignedIn } from "@/rooms/identity/session";

function PersonActions({ person, isOwn, open }: { person: Person; isOwn: boolean; open: (doing: Doing) => void }) {
  const { t } = useTranslation();
  const act = useAct();
  const { name } = person;
  return (
    <Space size={0} wrap>
      <Button type="link" size="small" onClick={() => open({ what: "roles", person })}>
        {t("identity.people.changeRoles")}
      </Button>
      {!isOwn && (
        <>
          <Button type="link" size="small" onClick={() => open({ what: "password", person })}>
            {t("identity.people.reset")}
          </Button>
          {person.state === "active" ? (
            <ConfirmAction
              type="link"
              size="small"
              isDanger
              text={t("identity.people.disable")}
              ask={t("identity.people.disableAsk", { name })}
              consequence={t("identity.people.disableText")}
              takes={(["sessions", "tokens", "keys"] as const).map((what) => t(`identity.people.disableTakes.${what}`))}
              act={() => act(() => acts.changePerson(person.id, { state: "disabled" }))}
              done={t("identity.people.disabledDone")}
            />
          ) : (
            <ConfirmAction
              type="link"
              size="small"
              text={t("identity.people.enable")}
              ask={t("identity.people.enableAsk", { name })}
              consequence={t("identity.people.enableText")}
              act={() => act(() => acts.changePerson(person.id, { state: "active" }))}
              done={t("identity.people.enabledDone")}
            />
          )}
          {person.second_factor && (
            <ConfirmAction
              type="link"
              size="small"
              isDanger
              text={t("identity.people.resetFactor")}
              ask={t("identity.people.resetFactorAsk", { name })}
              consequence={t("identity.people.resetFactorText")}
              act={() => act(() => acts.resetFactor(person.id))}
              done={t("identity.people.resetFactorDone")}
            />
          )}
        </>
      )}
    </Space>
  );
}

const NAME_CHARS = 64;
const STATES = ["active", "disabled"] as const;

/** 用户管理: who signs in, and what they may do. */
export function People() {
  const { t } = useTranslation();
  const { session, zone } = useSignedIn();
  const [params] = useFilters();
  const [doing, setDoing] = useState<Doing | null>(null);
  const isPlatform = session.tenant === null;
  const roles = isPlatform ? PLATFORM_ROLES : TENANT_ROLES;
  const filters: Filter[] = [
    { kind: "text", name: "name", label: t("identity.name"), maxLength: NAME_CHARS },
    { kind: "choices", name: "role", label: t("identity.people.roles"), isSingle: true, choices: roles.map((value) => ({ value, label: t(`role.${value}`) })) },
    { kind: "choices", name: "state", label: t("identity.people.state"), isSingle: true, width: 130, choices: STATES.map((value) => ({ value, label: t(`identity.people.${value}`) })) },
  ];
  const list = usePeople({
    ...readList(params, ["name", "created_at", "last_sign_in_at"]),
    name: params.get("name") ?? undefined,
    role: readChoices<(typeof roles)[number]>(params, "role", roles)[0],
    state: readChoices(params, "state", STATES)[0],
  });
  const mayEdit = may(session, "hongyan:user:edit");
  const columns: DataColumn<Person>[] = [
    {
      key: "name",
      title: t("identity.name"),
      width: 190,
      isAlways: true,
      sort: "name",
      render: ({ id, name }) => (
        <>
          <span style={{ overflowWrap: "anywhere" }}>{name}</span> {id === session.user.id && <Tag>{t("identity.people.you")}</Tag>}
        </>
      ),
    },
    { key: "email", title: t("identity.people.email"), width: 180, render: ({ email }) => <span style={{ overflowWrap: "anywhere" }}>{email ?? "–"}</span> },
    { key: "roles", title: t("identity.people.roles"), width: 150, render: ({ roles }) => roles.map((role) => <Tag key={role}>{t(`role.${role}`)}</Tag>) },
    {
      key: "state",
      title: t("identity.people.state"),
      width: 90,
      render: ({ state }) => <StateTag state={state} tone={state === "active" ? "good" : "left"} text={t(`identity.people.${state}`)} />,
    },
    {
      key: "factor",
      title: t("identity.people.secondFactor"),
      width: 100,
      render: ({ second_factor: isOn }) => t(isOn ? "identity.people.on" : "identity.people.off"),
    },
    {
      key: "signIn",
      title: t("identity.people.lastSignIn"),
      width: 172,
      sort: "last_sign_in_at",
      render: ({ last_sign_in_at: at }) => <span className="nowrap">{at === null ? t("identity.people.never") : formatTime(at, zone)}</span>,
    },
    { key: "created", title: t("identity.people.created"), width: 172, sort: "created_at", isHiddenAtFirst: true, render: (one) => <span className="nowrap">{formatTime(one.created_at, zone)}</span> },
  ];
  if (mayEdit) {
    columns.push({
      key: "actions",
      title: t("list.actions"),
      width: 240,
      isAlways: true,
      render: (person) => <PersonActions person={person} isOwn={person.id === session.user.id} open={setDoing} />,
    });
  }
  return (
    <Page title={t("identity.menu.users")} note={t("identity.people.note")}>
      <Card>
        <FilterBar name="people" filters={filters} />
      </Card>
      <DataTable<Person>
        name="people"
        columns={columns}
        rowKey={({ id }) => id}
        list={list}
        isFiltered={isFiltered(params, filters)}
        empty={{ text: t("identity.people.empty") }}
        actions={
          mayEdit && (
            <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setDoing({ what: "create" })}>
              {t("identity.people.add")}
            </Button>
          )
        }
      />
      <RoleMatrix isPlatform={isPlatform} />
      <PersonDrawer doing={doing} isPlatform={isPlatform} close={() => setDoing(null)} />
    </Page>
  );
}
